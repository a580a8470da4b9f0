namespace Attune.Metrics;

/// <summary>What the metrics ask of the lists that they are given.</summary>
internal static class Rows
{
    /// <summary>Refuses lists of different lengths, and empty ones unless they are allowed.</summary>
    public static void Same(int expected, int predicted, bool mayBeEmpty = false)
    {
        if (expected != predicted)
        {
            throw new ArgumentException($"There must be as many predictions as references, but there are {predicted} and {expected}.");
        }

        if (expected == 0 && !mayBeEmpty)
        {
            throw new ArgumentException("There must be at least one row.");
        }
    }

    /// <summary>Refuses tables that are empty, ragged or of different shapes.</summary>
    /// <returns>The number of columns.</returns>
    public static int SameTable<TLeft, TRight>(IReadOnlyList<IReadOnlyList<TLeft>> expected, IReadOnlyList<IReadOnlyList<TRight>> predicted)
    {
        Same(expected.Count, predicted.Count);
        int columns = expected[0].Count;
        for (int row = 0; row < expected.Count; row++)
        {
            if (expected[row].Count != columns || predicted[row].Count != columns || columns == 0)
            {
                throw new ArgumentException($"Row {row} must have the {columns} columns of the first row, at least one, in both tables.");
            }
        }

        return columns;
    }

    /// <summary>Refuses numbers that are not finite.</summary>
    public static void Finite(IReadOnlyList<double> numbers, string name)
    {
        for (int row = 0; row < numbers.Count; row++)
        {
            if (!double.IsFinite(numbers[row]))
            {
                throw new ArgumentException($"Every number must be finite, but number {row} is {numbers[row]}.", name);
            }
        }
    }

    /// <summary>The ranks from 1 of numbers in rising order, equal ones with the mean of their ranks.</summary>
    public static double[] Ranks(IReadOnlyList<double> numbers)
    {
        int[] order = [.. Enumerable.Range(0, numbers.Count).OrderBy(i => numbers[i])];
        double[] ranks = new double[order.Length];
        for (int start = 0, end; start < order.Length; start = end)
        {
            end = start + 1;
            while (end < order.Length && numbers[order[end]] == numbers[order[start]])
            {
                end++;
            }

            foreach (int i in order.AsSpan(start, end - start))
            {
                ranks[i] = (start + 1 + end) / 2.0;
            }
        }

        return ranks;
    }

    /// <summary>The mean of the squared distances from the mean, divided by one less than their number.</summary>
    public static double SampleVariance(IReadOnlyList<double> numbers)
    {
        double mean = numbers.Average();
        return numbers.Sum(number => (number - mean) * (number - mean)) / (numbers.Count - 1);
    }
}
