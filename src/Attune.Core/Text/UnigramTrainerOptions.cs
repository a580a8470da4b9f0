namespace Attune.Text;

/// <summary>How a unigram vocabulary is learned. Names and defaults are those of the tokenizers library.</summary>
public sealed record UnigramTrainerOptions
{
    /// <summary>How many pieces the vocabulary may have, special tokens included.</summary>
    public int VocabularySize { get; init; } = 8000;

    /// <summary>Tokens that come first, with ids from 0 on.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>The token for what no piece spells; it comes first where it is not among the special tokens. Null: none.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Which of the special tokens begins a sequence; null: none.</summary>
    public string? BosToken { get; init; }

    /// <summary>Which of the special tokens ends a sequence; null: none.</summary>
    public string? EosToken { get; init; }

    /// <summary>Which of the special tokens fills rows up; null: none.</summary>
    public string? PadToken { get; init; }

    /// <summary>What is kept of the pieces each time that the least useful are dropped; between 0 and 1.</summary>
    public double ShrinkingFactor { get; init; } = 0.75;

    /// <summary>Rounds of expectation and maximisation before pieces are dropped.</summary>
    public int SubIterations { get; init; } = 2;

    /// <summary>Pieces have at most that many characters.</summary>
    public int MaxPieceLength { get; init; } = 16;

    /// <summary>With how many pieces the training begins at most.</summary>
    public int SeedSize { get; init; } = 1_000_000;
}
