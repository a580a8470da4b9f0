namespace Attune.Text;

/// <summary>How a batch of texts is encoded.</summary>
public sealed record EncodingOptions
{
    /// <summary>Adds what the tokenizer puts around a text (beginning and end of a sequence, separators).</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>Whether the texts are a user's: special tokens are not found in them, what looks like one stays text.</summary>
    public bool IsPlain { get; init; }

    /// <summary>How rows that are too long are cut; null: they are not.</summary>
    public Truncation? Truncation { get; init; }

    /// <summary>How rows are filled up; null: they are not.</summary>
    public Padding? Padding { get; init; }
}
