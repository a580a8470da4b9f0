namespace Attune.Text.ChatTemplates;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>A node that does something. The kinds are the classes in this folder and no others.</summary>
internal abstract class Statement(int line)
{
    /// <summary>The line in the template, from 1.</summary>
    public int Line { get; } = line;

    public abstract Flow Execute(Run run, Scope scope);
}
