using System.Text.Json;

namespace Attune.Metrics;

/// <summary>What the metrics ask of probabilities.</summary>
internal static class Probability
{
    /// <summary>Refuses a class without a probability, and probabilities that are none.</summary>
    public static void Check(int label, IReadOnlyList<double> probabilities)
    {
        if (label < 0 || label >= probabilities.Count)
        {
            throw new ArgumentException($"There is no probability for class {label}: a row has {probabilities.Count}.", nameof(label));
        }

        Check(probabilities);
    }

    /// <summary>Refuses numbers outside 0 to 1.</summary>
    public static void Check(IReadOnlyList<double> probabilities)
    {
        if (probabilities.FirstOrDefault(one => !(one is >= 0 and <= 1), 0) is var wrong && wrong != 0)
        {
            throw new ArgumentException($"A probability must be from 0 to 1, not {wrong}.", nameof(probabilities));
        }
    }

    /// <summary>Whether scores are given for each class, not only for the second of two.</summary>
    public static bool IsTable(MetricArguments arguments) => arguments["scores"][0].ValueKind == JsonValueKind.Array;
}
