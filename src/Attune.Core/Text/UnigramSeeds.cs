using System.Runtime.InteropServices;
using System.Text;

namespace Attune.Text;

/// <summary>
/// The pieces with which the training of a unigram vocabulary begins: every character, and every stretch of characters that comes in at
/// least two words or places and is not always followed by the same character. Those that cover the most text come first.
/// </summary>
internal static class UnigramSeeds
{
    private const int Boundary = 0;

    /// <summary>The pieces, with how much text each covers.</summary>
    public static List<(string Piece, double Weight)> Find(IReadOnlyList<(string Word, long Count)> words, int maxLength, int most)
    {
        int[] text = Join(words, out Dictionary<int, long> characters);
        List<(string Piece, double Weight)> seeds = characters
            .OrderByDescending(entry => entry.Value).ThenByDescending(entry => entry.Key)
            .Select(entry => (new Rune(entry.Key).ToString(), (double)entry.Value)).ToList();
        List<Stretch> stretches = Repeated(text, maxLength);
        stretches.Sort((one, other) =>
        {
            long difference = ((long)other.Count * other.Length) - ((long)one.Count * one.Length);
            return difference != 0 ? Math.Sign(difference) : Compare(text, other.Start, one.Start, other.Length, one.Length);
        });
        foreach (Stretch stretch in stretches)
        {
            if (seeds.Count >= most)
            {
                break;
            }

            var piece = new StringBuilder();
            Array.ForEach(text[stretch.Start..(stretch.Start + stretch.Length)], codePoint => piece.Append(new Rune(codePoint)));
            seeds.Add((piece.ToString(), (double)stretch.Count * stretch.Length));
        }

        return seeds;
    }

    // All words as code points, each ended by a boundary.
    private static int[] Join(IReadOnlyList<(string Word, long Count)> words, out Dictionary<int, long> characters)
    {
        var text = new List<int>();
        characters = [];
        foreach ((string word, long count) in words)
        {
            foreach (Rune rune in word.EnumerateRunes())
            {
                text.Add(rune.Value);
                if (rune.Value != Boundary)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(characters, rune.Value, out _) += count;
                }
            }

            text.Add(Boundary);
        }

        return [.. text];
    }

    // The inner nodes of the suffix tree, as far as they are pieces: intervals of the sorted suffixes that share a beginning, and no longer one.
    private static List<Stretch> Repeated(int[] text, int maxLength)
    {
        int[] suffixes = Enumerable.Range(0, text.Length).ToArray();
        int depth = maxLength + 1;
        Array.Sort(suffixes, (one, other) => Compare(text, one, other, depth, depth));
        var found = new List<Stretch>();
        var open = new Stack<(int First, int Shared)>([(0, -1)]);
        for (int i = 1; i <= suffixes.Length; i++)
        {
            int shared = i == suffixes.Length ? -1 : Shared(text, suffixes[i - 1], suffixes[i], depth);
            int first = i - 1;
            while (open.Peek().Shared > shared)
            {
                (first, int length) = open.Pop();
                if (length > 1 && length <= maxLength && !text.AsSpan(suffixes[first], length).Contains(Boundary))
                {
                    found.Add(new Stretch(suffixes[first], length, i - first));
                }
            }

            if (open.Peek().Shared < shared)
            {
                open.Push((first, shared));
            }
        }

        return found;
    }

    // How many code points two suffixes share; a boundary ends the comparison.
    private static int Shared(int[] text, int one, int other, int depth)
    {
        int shared = 0;
        while (shared < depth && one + shared < text.Length && other + shared < text.Length && text[one + shared] == text[other + shared])
        {
            shared++;
            if (text[one + shared - 1] == Boundary)
            {
                break;
            }
        }

        return shared;
    }

    private static int Compare(int[] text, int one, int other, int length, int otherLength)
    {
        for (int i = 0; ; i++)
        {
            bool ends = i >= length || one + i >= text.Length, otherEnds = i >= otherLength || other + i >= text.Length;
            if (ends || otherEnds)
            {
                return ends.CompareTo(otherEnds) is var order && order != 0 ? -order : 0;
            }

            int difference = text[one + i].CompareTo(text[other + i]);
            if (difference != 0 || text[one + i] == Boundary)
            {
                return difference;
            }
        }
    }

    private readonly record struct Stretch(int Start, int Length, int Count);
}
