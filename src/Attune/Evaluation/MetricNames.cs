using Attune.Models;

namespace Attune.Evaluation;

/// <summary>The names under <c>evaluate.metrics</c>: what is measured on the held-out rows before and after the training.</summary>
public static class MetricNames
{
    /// <summary>Perplexity, the exponential of the mean loss by trained token, with its loss.</summary>
    public const string Perplexity = "perplexity";

    /// <summary>The share of rows that a classifier gives their own label.</summary>
    public const string Accuracy = "accuracy";

    /// <summary>The mean of the labels' F1: rare labels count as much as frequent ones.</summary>
    public const string MacroF1 = "macro_f1";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Perplexity, Accuracy, MacroF1];

    /// <summary>What a recipe's choice comes to: the model's own metrics where none is named.</summary>
    /// <param name="chosen"><c>evaluate.metrics</c>.</param>
    /// <param name="model">The model that is measured.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> chosen, TextModel model) => chosen is { Count: > 0 } ? chosen : model is EncoderModel ? [Accuracy, MacroF1] : [Perplexity];
}
