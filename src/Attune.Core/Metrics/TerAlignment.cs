namespace Attune.Metrics;

/// <summary>The edits from a reference's words to a prediction's, runs of words moved first for as long as that helps (Tercom's search).</summary>
internal sealed class TerAlignment(IReadOnlyList<string> reference)
{
    private const int MostMoved = 10;
    private const int FarthestMove = 50;
    private const int MostCandidates = 1000;
    private const int Beam = 25;
    private const int Unreached = int.MaxValue / 2;

    private enum Edit : byte
    {
        None,
        Same,
        Replace,
        Delete,
        Insert,
    }

    private readonly record struct Move(int Gain, int Length, int Start, int Target, List<string> Words)
    {
        /// <summary>More gain, then a longer run, then an earlier one, then an earlier target.</summary>
        public bool IsBetterThan(Move other) =>
            (Gain, Length, -Start, -Target).CompareTo((other.Gain, other.Length, -other.Start, -other.Target)) > 0;
    }

    /// <summary>The least edits that are found.</summary>
    public int Edits(List<string> words)
    {
        if (reference.Count == 0)
        {
            return words.Count;
        }

        (int moves, int tried) = (0, 0);
        while (BestMove(words, ref tried) is { Gain: > 0 } move && tried < MostCandidates)
        {
            moves++;
            words = move.Words;
        }

        return moves + Align(words).Distance;
    }

    private Move? BestMove(List<string> words, ref int tried)
    {
        (int before, List<Edit> trace) = Align(words);
        (int[] place, bool[] isWrongReference, bool[] isWrong) = Read(trace, words.Count);
        Move? best = null;
        foreach ((int start, int target, int length) in CommonRuns(words))
        {
            bool isRight = !isWrong.AsSpan(start, length).Contains(true) || !isWrongReference.AsSpan(target, length).Contains(true);
            if (isRight || (place[target] >= start && place[target] < start + length))
            {
                continue;
            }

            int previous = -1;
            for (int offset = -1; offset < length && target + offset < reference.Count; offset++)
            {
                int to = target + offset == -1 ? 0 : place[target + offset] + 1;
                if (to == previous)
                {
                    continue;
                }

                previous = to;
                List<string> moved = Moved(words, start, length, to);
                var candidate = new Move(before - Align(moved).Distance, length, start, to, moved);
                tried++;
                best = best is { } known && !candidate.IsBetterThan(known) ? known : candidate;
            }

            if (tried >= MostCandidates)
            {
                break;
            }
        }

        return best;
    }

    private IEnumerable<(int Start, int Target, int Length)> CommonRuns(List<string> words)
    {
        for (int start = 0; start < words.Count; start++)
        {
            for (int target = Math.Max(0, start - FarthestMove); target < reference.Count && target <= start + FarthestMove; target++)
            {
                for (int length = 1; length <= MostMoved && start + length <= words.Count && target + length <= reference.Count
                    && words[start + length - 1] == reference[target + length - 1]; length++)
                {
                    yield return (start, target, length);
                }
            }
        }
    }

    private static List<string> Moved(List<string> words, int start, int length, int target)
    {
        List<string> run = words.GetRange(start, length);
        List<string> rest = [.. words];
        rest.RemoveRange(start, length);
        int place = target;
        if (target > start + length)
        {
            place = target - length;
        }

        // A target within the run moves it on by as many words, as Tercom does.
        rest.InsertRange(Math.Min(place, rest.Count), run);
        return rest;
    }

    /// <summary>For each word of the reference the place of the word it goes with, and which words of either do not match.</summary>
    private (int[] Place, bool[] IsWrongReference, bool[] IsWrong) Read(List<Edit> trace, int length)
    {
        int[] place = new int[reference.Count];
        bool[] isWrongReference = new bool[reference.Count];
        bool[] isWrong = new bool[length];
        (int word, int expected) = (-1, -1);
        foreach (Edit edit in trace)
        {
            word += edit == Edit.Insert ? 0 : 1;
            expected += edit == Edit.Delete ? 0 : 1;
            if (edit != Edit.Insert)
            {
                isWrong[word] = edit != Edit.Same;
            }

            if (edit != Edit.Delete)
            {
                place[expected] = word;
                isWrongReference[expected] = edit != Edit.Same;
            }
        }

        return (place, isWrongReference, isWrong);
    }

    /// <summary>The edit distance near the diagonal, and the edits from first to last; Insert is a reference's word that is lacking.</summary>
    private (int Distance, List<Edit> Trace) Align(List<string> words)
    {
        int width = reference.Count + 1;
        int[,] distance = new int[words.Count + 1, width];
        var edits = new Edit[words.Count + 1, width];
        double ratio = words.Count == 0 ? 1 : reference.Count / (double)words.Count;
        int beam = Beam < ratio / 2 ? (int)Math.Ceiling((ratio / 2) + Beam) : Beam;
        for (int i = 0; i <= words.Count; i++)
        {
            int diagonal = (int)Math.Floor(i * ratio);
            int end = i == words.Count ? width : Math.Min(width, diagonal + beam);
            for (int j = 0; j < width; j++)
            {
                distance[i, j] = i == 0 ? j : Unreached;
                edits[i, j] = i == 0 ? Edit.Insert : Edit.None;
                if (i == 0 || j < diagonal - beam || j >= end)
                {
                    continue;
                }

                if (j > 0)
                {
                    bool isSame = words[i - 1] == reference[j - 1];
                    Offer(distance[i - 1, j - 1] + (isSame ? 0 : 1), isSame ? Edit.Same : Edit.Replace, ref distance[i, j], ref edits[i, j]);
                }

                Offer(distance[i - 1, j] + 1, Edit.Delete, ref distance[i, j], ref edits[i, j]);
                if (j > 0)
                {
                    Offer(distance[i, j - 1] + 1, Edit.Insert, ref distance[i, j], ref edits[i, j]);
                }
            }
        }

        var trace = new List<Edit>();
        for (int i = words.Count, j = reference.Count; i > 0 || j > 0;)
        {
            Edit edit = edits[i, j];
            trace.Add(edit);
            i -= edit == Edit.Insert ? 0 : 1;
            j -= edit == Edit.Delete ? 0 : 1;
        }

        trace.Reverse();
        return (distance[words.Count, reference.Count], trace);
    }

    private static void Offer(int cost, Edit edit, ref int least, ref Edit best)
    {
        if (cost < least)
        {
            least = cost;
            best = edit;
        }
    }
}
