namespace Attune.Metrics;

/// <summary>A figure of positive and negative rows, taken over several labels.</summary>
internal static class BinaryAverage
{
    /// <summary>The figures as one.</summary>
    public static double Of(
        IReadOnlyList<IReadOnlyList<bool>> labels,
        IReadOnlyList<IReadOnlyList<double>> scores,
        Average average,
        Func<IReadOnlyList<bool>, IReadOnlyList<double>, double> figure)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(scores);
        int columns = Rows.SameTable(labels, scores);
        double Column(int column) => figure([.. labels.Select(row => row[column])], [.. scores.Select(row => row[column])]);
        switch (average)
        {
            case Average.Micro:
                return figure([.. labels.SelectMany(row => row)], [.. scores.SelectMany(row => row)]);
            case Average.Samples:
                return labels.Zip(scores).Average(row => figure(row.First, row.Second));
            case Average.Macro:
                return Enumerable.Range(0, columns).Average(Column);
            case Average.Weighted:
                double[] weights = [.. Enumerable.Range(0, columns).Select(column => (double)labels.Count(row => row[column]))];
                return weights.Sum() == 0 ? 0 : weights.Select((weight, column) => weight == 0 ? 0 : weight * Column(column)).Sum() / weights.Sum();
            default:
                throw new ArgumentException($"There is no {average} average of several labels.", nameof(average));
        }
    }

    /// <summary>One flag a class: whether the row has it.</summary>
    public static bool[][] OneOfMany(IReadOnlyList<int> labels, int classes)
    {
        if (labels.FirstOrDefault(label => label < 0 || label >= classes, -1) is var wrong && wrong != -1)
        {
            throw new ArgumentException($"There is no score for class {wrong}: a row has {classes}.", nameof(labels));
        }

        return [.. labels.Select(label => Enumerable.Range(0, classes).Select(one => one == label).ToArray())];
    }
}
