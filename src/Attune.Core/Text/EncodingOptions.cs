namespace Attune.Text;

/// <summary>How a batch of texts is encoded.</summary>
public sealed record EncodingOptions
{
    /// <summary>Adds what the tokenizer puts around a text (beginning and end of a sequence, separators).</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>How rows that are too long are cut; null: they are not.</summary>
    public Truncation? Truncation { get; init; }

    /// <summary>How rows are filled up; null: they are not.</summary>
    public Padding? Padding { get; init; }
}
