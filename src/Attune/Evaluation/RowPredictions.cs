using System.Text.Json.Serialization;
using Attune.Generation;
using Attune.Metrics;
using Attune.Models;
using Attune.Text;

namespace Attune.Evaluation;

/// <summary>What a classifier said of every row: enough to compare with another one on the same rows at any time.</summary>
public sealed record RowPredictions
{
    /// <summary>The labels' names, by number.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The number of each row's own label.</summary>
    public required IReadOnlyList<int> Expected { get; init; }

    /// <summary>The number of the label that each row was given.</summary>
    public required IReadOnlyList<int> Predicted { get; init; }

    /// <summary>Each row's negative log-probability of its own label, in nats.</summary>
    public required IReadOnlyList<double> Losses { get; init; }

    /// <summary>
    /// The number of the label that most rows to train on have (where these are not known: most of the measured rows): to say it of every row is
    /// what any classifier must beat.
    /// </summary>
    public required int Majority { get; init; }

    /// <summary>The share of rows that were given their own label.</summary>
    public double Accuracy => Count(Predicted).Accuracy;

    /// <summary>The mean of the labels' F1.</summary>
    public double MacroF1 => Count(Predicted).MacroF1;

    /// <summary>The mean loss, in nats.</summary>
    public double Loss => Losses.Count == 0 ? double.NaN : Losses.Average();

    /// <summary>Accuracy and macro F1 of whoever says <see cref="Majority"/> of every row.</summary>
    [JsonIgnore]
    public (double Accuracy, double MacroF1) OfMajority
    {
        get
        {
            var counts = Count([.. Expected.Select(_ => Majority)]);
            return (counts.Accuracy, counts.MacroF1);
        }
    }

    /// <summary>The label that most rows have, the first of equals.</summary>
    /// <param name="model">The classifier, which knows the labels' numbers.</param>
    /// <param name="rows">Labelled rows; at least one.</param>
    public static int MajorityOf(EncoderModel model, IReadOnlyList<TokenRow> rows)
    {
        ArgumentNullException.ThrowIfNull(model);
        return rows.GroupBy(row => model.LabelNumber(row.Label!)).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).First().Key;
    }

    /// <summary>Asks a classifier.</summary>
    /// <param name="model">The classifier.</param>
    /// <param name="rows">Labelled rows.</param>
    /// <param name="majority">See <see cref="Majority"/>.</param>
    /// <param name="maxTokensPerPass">Tokens that go through the model together, at least 1.</param>
    /// <param name="progress">Told how many rows are done.</param>
    /// <param name="cancellationToken">Stops between two passes.</param>
    /// <exception cref="AttuneException">The model is no classifier, or does not know a label or a token.</exception>
    public static RowPredictions Of(
        EncoderModel model, IReadOnlyList<TokenRow> rows, int majority, int maxTokensPerPass = 4096, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        int[] expected = [.. rows.Select(row => model.LabelNumber(row.Label!))];
        float[][] logits = EncoderPasses.Run(model, rows, maxTokensPerPass, model.Logits, progress, cancellationToken);
        return new RowPredictions
        {
            Labels = model.Labels,
            Expected = expected,
            Predicted = [.. logits.Select(row => Array.IndexOf(row, row.Max()))],
            Losses = [.. logits.Zip(expected, Surprise)],
            Majority = majority,
        };
    }

    private static double Surprise(float[] logits, int label)
    {
        double largest = logits.Max();
        return largest + Math.Log(logits.Sum(logit => Math.Exp(logit - largest))) - logits[label];
    }

    private Confusion Count(IReadOnlyList<int> said)
    {
        var counts = new Confusion(Labels.Count);
        for (int row = 0; row < said.Count; row++)
        {
            counts.Add(Expected[row], said[row]);
        }

        return counts;
    }
}
