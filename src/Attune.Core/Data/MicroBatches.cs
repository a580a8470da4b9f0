namespace Attune.Data;

/// <summary>
/// Divides the rows of a step into parts that go through the model together. The division changes nothing but time and memory:
/// the loss is summed over all parts of a step. Both ways give the longest rows first, so that a step that does not fit fails early,
/// and equal input gives equal parts.
/// </summary>
public static class MicroBatches
{
    /// <summary>Rows laid behind each other without padding: first-fit decreasing, at most so many tokens a part.</summary>
    /// <param name="lengths">The rows' tokens, each at least 0.</param>
    /// <param name="tokenBudget">Tokens of a part, at least 1; a row longer than that is a part of its own.</param>
    /// <returns>Parts as indices into <paramref name="lengths"/>; every index once.</returns>
    public static IReadOnlyList<int[]> Pack(IReadOnlyList<int> lengths, int tokenBudget)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokenBudget, 1);
        var parts = new List<(List<int> Rows, int Left)>();
        foreach (int row in LongestFirst(lengths))
        {
            int fit = parts.FindIndex(part => part.Left >= lengths[row]);
            if (fit < 0)
            {
                parts.Add(([row], tokenBudget - lengths[row]));
            }
            else
            {
                parts[fit].Rows.Add(row);
                parts[fit] = (parts[fit].Rows, parts[fit].Left - lengths[row]);
            }
        }

        return [.. parts.Select(part => part.Rows.ToArray())];
    }

    /// <summary>Rows of like length side by side, padded to the longest: at most so many tokens a part, padding included.</summary>
    /// <param name="lengths">The rows' tokens, each at least 0.</param>
    /// <param name="tokenBudget">Tokens of a part, at least 1; a row longer than that is a part of its own.</param>
    /// <returns>Parts as indices into <paramref name="lengths"/>; every index once.</returns>
    public static IReadOnlyList<int[]> Bucket(IReadOnlyList<int> lengths, int tokenBudget)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokenBudget, 1);
        var parts = new List<List<int>>();
        foreach (int row in LongestFirst(lengths))
        {
            if (parts.Count == 0 || (long)lengths[parts[^1][0]] * (parts[^1].Count + 1) > tokenBudget)
            {
                parts.Add([]);
            }

            parts[^1].Add(row);
        }

        return [.. parts.Select(part => part.ToArray())];
    }

    private static IEnumerable<int> LongestFirst(IReadOnlyList<int> lengths) => Enumerable.Range(0, lengths.Count).OrderByDescending(row => lengths[row]);
}
