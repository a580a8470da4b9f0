namespace Attune.Evaluation;

/// <summary>The names under <c>evaluate.metrics</c>: what is measured on the held-out rows before and after the training.</summary>
public static class MetricNames
{
    /// <summary>Perplexity, the exponential of the mean loss by trained token, with its loss.</summary>
    public const string Perplexity = "perplexity";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Perplexity];

    /// <summary>What a recipe's choice comes to: a language model's own metric where none is named.</summary>
    /// <param name="chosen"><c>evaluate.metrics</c>.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> chosen) => chosen is { Count: > 0 } ? chosen : [Perplexity];
}
