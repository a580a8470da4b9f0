namespace Attune.Metrics;

/// <summary>What BLEU does where no run of words of some length is right (Chen and Cherry 2014).</summary>
public enum BleuSmoothing
{
    /// <summary>Nothing: such a precision is 0, and with it BLEU.</summary>
    None,

    /// <summary>The count is raised to a small value, 0.1 unless given.</summary>
    Floor,

    /// <summary>A value, 1 unless given, is added to counts and totals of two words and more.</summary>
    AddK,

    /// <summary>Each such precision is half the one before it would be: 1/2, 1/4 … of a run.</summary>
    Exp,
}

/// <summary>The settings of BLEU, with sacrebleu's defaults.</summary>
public sealed record BleuOptions
{
    /// <summary>How text becomes words.</summary>
    public BleuTokenizer Tokenizer { get; init; } = BleuTokenizer.Mteval13a;

    /// <summary>Whether text is made lower case first.</summary>
    public bool Lowercase { get; init; }

    /// <summary>What is done where a precision is 0.</summary>
    public BleuSmoothing Smoothing { get; init; } = BleuSmoothing.Exp;

    /// <summary>The smoothing's value; null: its default.</summary>
    public double? SmoothingValue { get; init; }

    /// <summary>The longest runs of words, at least 1.</summary>
    public int MaxOrder { get; init; } = 4;

    /// <summary>Whether only lengths count that the prediction has runs of: for single sentences.</summary>
    public bool EffectiveOrder { get; init; }
}
