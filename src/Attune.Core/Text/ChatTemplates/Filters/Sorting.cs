namespace Attune.Text.ChatTemplates;

/// <summary>A stable sort by a key that may refuse to be compared.</summary>
internal static class Sorting
{
    public static List<Value> By(Run run, List<Value> values, Func<Value, Value> key, bool reverse)
    {
        (Value Key, Value Value)[] sorted = [.. values.Select(value => (key(value), value))];
        var other = new (Value Key, Value Value)[sorted.Length];
        for (int width = 1; width < sorted.Length; width *= 2)
        {
            for (int start = 0; start < sorted.Length; start += 2 * width)
            {
                Merge(run, sorted, other, start, Math.Min(start + width, sorted.Length), Math.Min(start + (2 * width), sorted.Length), reverse);
            }

            (sorted, other) = (other, sorted);
        }

        return [.. sorted.Select(pair => pair.Value)];
    }

    private static void Merge(Run run, (Value Key, Value Value)[] from, (Value Key, Value Value)[] to, int start, int middle, int end, bool reverse)
    {
        for (int i = start, left = start, right = middle; i < end; i++)
        {
            bool takeRight = left == middle || (right < end && (reverse ? Operators.Compare(run, from[left].Key, from[right].Key) < 0
                : Operators.Compare(run, from[right].Key, from[left].Key) < 0));
            to[i] = takeRight ? from[right++] : from[left++];
        }
    }
}
