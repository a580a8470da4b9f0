namespace Attune.Data;

/// <summary>How plain text becomes rows.</summary>
public enum TextPacking
{
    /// <summary>Every document by itself, cut into rows; short rows are packed later, without seeing one another.</summary>
    ByDocument,

    /// <summary>All documents behind each other, an end token between, cut into rows of equal length, as transformers' <c>run_clm</c> does.</summary>
    Concatenated,
}

/// <summary>How examples become rows of tokens.</summary>
public sealed record EncodeOptions
{
    /// <summary>The most tokens of a row; at least 2.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>Whether every row must have a label, for a classifier; otherwise none may.</summary>
    public bool IsLabelled { get; init; }

    /// <summary>How plain text becomes rows.</summary>
    public TextPacking TextPacking { get; init; } = TextPacking.ByDocument;

    /// <summary>The tokens that end a text or a turn, as the model's generation settings name them; empty: the tokenizer's own.</summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];

    /// <summary>
    /// Whether special tokens that rows spell are those tokens; false: they are text. A text, or a prompt and its completion, that begin
    /// with one were put through a chat template already and are not put through the model's.
    /// </summary>
    public bool ParsesSpecialTokens { get; init; }

    /// <summary>Tells templates that write the date what time it is, once for all rows; null: the system's clock.</summary>
    public TimeProvider? Clock { get; init; }
}
