using Attune.Data;
using Attune.Models;

namespace Attune.Training;

/// <summary>How many rows have a label.</summary>
/// <param name="Label">The label.</param>
/// <param name="Train">Training rows.</param>
/// <param name="Validation">Rows to choose by.</param>
/// <param name="Test">Rows for the end.</param>
public sealed record LabelCount(string Label, long Train, long Validation, long Test)
{
    /// <summary>The labels of a classifier, in the order of their numbers.</summary>
    internal static IReadOnlyList<LabelCount> Of(EncoderModel model, EncodedSplits data)
    {
        var (train, validation, test) = (Count(data.Train), Count(data.Validation), Count(data.Test));
        return [.. model.Labels.Select(label =>
            new LabelCount(label, train.GetValueOrDefault(label), validation.GetValueOrDefault(label), test.GetValueOrDefault(label)))];
    }

    private static Dictionary<string, long> Count(EncodedData split) =>
        split.Rows.Where(row => row.Label is not null).GroupBy(row => row.Label!).ToDictionary(group => group.Key, group => group.LongCount());
}
