namespace Attune.Text;

/// <summary>How a byte-pair vocabulary is learned.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>How many tokens the vocabulary may have, special tokens and alphabet included.</summary>
    public int VocabularySize { get; init; } = 30_000;

    /// <summary>Pairs that occur less often are not merged.</summary>
    public long MinFrequency { get; init; }

    /// <summary>Tokens that come first, with ids from 0 on.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>Which of the special tokens begins a sequence; null: none.</summary>
    public string? BosToken { get; init; }

    /// <summary>Which of the special tokens ends a sequence; null: none.</summary>
    public string? EosToken { get; init; }

    /// <summary>Which of the special tokens fills rows up; null: none.</summary>
    public string? PadToken { get; init; }

    /// <summary>Tokens may have fewer characters than this, once they are longer than two; null for no limit.</summary>
    public int? MaxTokenLength { get; init; }

    /// <summary>Characters that belong to the alphabet whether they occur or not.</summary>
    internal IReadOnlyCollection<int> InitialAlphabet { get; init; } = [];

    /// <summary>The alphabet keeps this many characters, the most frequent ones; null: all.</summary>
    internal int? LimitAlphabet { get; init; }

    /// <summary>Put before every character of a word but the first.</summary>
    internal string ContinuingSubwordPrefix { get; init; } = "";

    /// <summary>Put after the last character of a word.</summary>
    internal string EndOfWordSuffix { get; init; } = "";
}
