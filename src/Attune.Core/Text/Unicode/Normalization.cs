using System.Globalization;

namespace Attune.Text.Unicode;

/// <summary>
/// Unicode's normalization forms, with what each result stands for. The tables are those of Unicode 9, as in the tokenizers library: what
/// later versions added (U+32FF, say) stays as it is. (.NET leaves text as it is where globalization is invariant, and tells nothing of
/// places.)
/// </summary>
internal static class Normalization
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int HangulCount = 19 * VowelCount * TrailCount;

    private static readonly Lazy<Tables> Data = new(Load);

    /// <summary>Forms D and KD.</summary>
    public static AlignedText Decompose(AlignedText text, bool compatible) =>
        IsBelow(text, '\u0080') ? text : Rewrite(text, Decomposed(text.Span, compatible));

    /// <summary>Forms C and KC.</summary>
    public static AlignedText Compose(AlignedText text, bool compatible) =>
        IsBelow(text, compatible ? '\u0080' : '\u0300') ? text : Rewrite(text, Composed(Decomposed(text.Span, compatible)));

    private static bool IsBelow(AlignedText text, char limit) => !text.Span.ContainsAnyInRange(limit, char.MaxValue);

    private static AlignedText Rewrite(AlignedText text, List<Change> changes)
    {
        var output = new AlignedText(text.Length + 8);
        var rewriter = new TextRewriter(text, 0, text.Length, output);
        foreach (Change change in changes)
        {
            rewriter.Emit(change.CodePoint, change.Delta);
        }

        return output;
    }

    private static List<Change> Decomposed(ReadOnlySpan<char> text, bool compatible)
    {
        var decomposed = new List<Change>(text.Length);
        int unordered = 0;
        for (int i = 0; i < text.Length;)
        {
            int from = decomposed.Count;
            Decompose(CodePoints.At(text, i, out int length), compatible, decomposed);
            for (int j = from; j < decomposed.Count; j++)
            {
                decomposed[j] = decomposed[j] with { Delta = j == from ? 0 : 1 };
                if (Class(decomposed[j].CodePoint) == 0)
                {
                    Order(decomposed, unordered, j);
                    unordered = j + 1;
                }
            }

            i += length;
        }

        Order(decomposed, unordered, decomposed.Count);
        return decomposed;
    }

    private static void Decompose(int codePoint, bool compatible, List<Change> into)
    {
        int syllable = codePoint - HangulBase;
        if ((uint)syllable < HangulCount)
        {
            into.Add(new Change(LeadBase + (syllable / (VowelCount * TrailCount)), 0));
            into.Add(new Change(VowelBase + (syllable / TrailCount % VowelCount), 0));
            if (syllable % TrailCount != 0)
            {
                into.Add(new Change(TrailBase + (syllable % TrailCount), 0));
            }
        }
        else if (Data.Value.Decompositions.TryGetValue(codePoint, out (bool Compatible, int[] To) found) && (compatible || !found.Compatible))
        {
            foreach (int part in found.To)
            {
                Decompose(part, compatible, into);
            }
        }
        else
        {
            into.Add(new Change(codePoint, 0));
        }
    }

    // Marks in a row, by their class; those of one class stay in order.
    private static void Order(List<Change> changes, int start, int end)
    {
        for (int i = start + 1; i < end; i++)
        {
            Change mark = changes[i];
            int markClass = Class(mark.CodePoint);
            int at = i;
            for (; at > start && Class(changes[at - 1].CodePoint) > markClass; at--)
            {
                changes[at] = changes[at - 1];
            }

            changes[at] = mark;
        }
    }

    private static List<Change> Composed(List<Change> decomposed)
    {
        var composed = new List<Change>(decomposed.Count);
        int starter = -1;
        int lastClass = -1;
        foreach (Change change in decomposed)
        {
            int itsClass = Class(change.CodePoint);
            if (starter >= 0 && lastClass < itsClass && Pair(composed[starter].CodePoint, change.CodePoint) is var whole and >= 0)
            {
                composed[starter] = new Change(whole, composed[starter].Delta + change.Delta - 1);
                continue;
            }

            if (itsClass == 0)
            {
                starter = composed.Count;
                lastClass = -1;
            }
            else
            {
                lastClass = itsClass;
            }

            composed.Add(change);
        }

        return composed;
    }

    private static int Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + 19 && second is >= VowelBase and < VowelBase + VowelCount)
        {
            return HangulBase + ((((first - LeadBase) * VowelCount) + second - VowelBase) * TrailCount);
        }

        int syllable = first - HangulBase;
        if ((uint)syllable < HangulCount && syllable % TrailCount == 0 && second is > TrailBase and < TrailBase + TrailCount)
        {
            return first + second - TrailBase;
        }

        return Data.Value.Compositions.GetValueOrDefault((first, second), -1);
    }

    private static int Class(int codePoint) => codePoint < 0x300 ? 0 : Data.Value.Classes.GetValueOrDefault(codePoint);

    private static Tables Load()
    {
        var tables = new Tables([], [], []);
        foreach (string[] fields in Resource.Lines("decompositions.txt"))
        {
            int codePoint = Hex(fields[0]);
            int next = 1;
            if (fields[1].StartsWith("ccc=", StringComparison.Ordinal))
            {
                tables.Classes.Add(codePoint, byte.Parse(fields[1].AsSpan(4), CultureInfo.InvariantCulture));
                next = 2;
            }

            if (next < fields.Length)
            {
                int[] to = fields[(next + 1)..].Select(Hex).ToArray();
                tables.Decompositions.Add(codePoint, (fields[next] == "~", to));
                if (fields[next] == "=")
                {
                    tables.Compositions.Add((to[0], to[1]), codePoint);
                }
            }
        }

        return tables;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private readonly record struct Change(int CodePoint, int Delta);

    private sealed record Tables(
        Dictionary<int, byte> Classes,
        Dictionary<int, (bool Compatible, int[] To)> Decompositions,
        Dictionary<(int First, int Second), int> Compositions);
}
