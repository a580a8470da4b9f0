namespace Attune.Text;

/// <summary>An end of a row of tokens.</summary>
public enum Side
{
    /// <summary>The end.</summary>
    Right,

    /// <summary>The start.</summary>
    Left,
}
