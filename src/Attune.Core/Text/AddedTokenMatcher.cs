using System.Buffers;

namespace Attune.Text;

/// <summary>Finds added tokens in a text: the leftmost, and of those that begin there the longest.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<(int Node, char Unit), int> children = [];
    private readonly Dictionary<int, AddedToken> ends = [];
    private readonly SearchValues<char> firsts;
    private int nodes = 1;

    /// <summary>A matcher of tokens in the given spellings.</summary>
    public AddedTokenMatcher(IEnumerable<(string Spelling, AddedToken Token)> tokens)
    {
        var first = new HashSet<char>();
        foreach ((string spelling, AddedToken token) in tokens)
        {
            if (spelling.Length == 0)
            {
                continue;
            }

            int node = 0;
            foreach (char unit in spelling)
            {
                if (!children.TryGetValue((node, unit), out int child))
                {
                    child = nodes++;
                    children.Add((node, unit), child);
                }

                node = child;
            }

            ends.TryAdd(node, token);
            first.Add(spelling[0]);
        }

        firsts = SearchValues.Create(first.ToArray());
    }

    /// <summary>
    /// The first token at or after <paramref name="from"/> that <paramref name="accept"/> takes, given the token and where it stands; null
    /// where there is none.
    /// </summary>
    public (AddedToken Token, int Start, int End)? Next(ReadOnlySpan<char> text, int from, Func<AddedToken, int, int, bool> accept)
    {
        for (int i = from; i < text.Length;)
        {
            int skip = text[i..].IndexOfAny(firsts);
            if (skip < 0)
            {
                return null;
            }

            i += skip;
            AddedToken? token = Longest(text, i, out int end);
            if (token is null)
            {
                i++;
            }
            else if (token.SingleWord && !StandsAlone(text, i, end))
            {
                i = end;
            }
            else if (!accept(token, i, end))
            {
                i++;
            }
            else
            {
                return (token, i, end);
            }
        }

        return null;
    }

    /// <summary>Where white space before an index begins, not before <paramref name="least"/>.</summary>
    public static int SpaceBefore(ReadOnlySpan<char> text, int start, int least)
    {
        while (start > least && char.IsWhiteSpace(text[start - 1]))
        {
            start--;
        }

        return start;
    }

    /// <summary>Where white space from an index on ends.</summary>
    public static int SpaceAfter(ReadOnlySpan<char> text, int end)
    {
        while (end < text.Length && char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return end;
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end) =>
        (start == 0 || !CodePoints.IsWord(CodePoints.Before(text, start, out _)))
        && (end == text.Length || !CodePoints.IsWord(CodePoints.At(text, end, out _)));

    private AddedToken? Longest(ReadOnlySpan<char> text, int start, out int end)
    {
        AddedToken? found = null;
        end = start;
        int node = 0;
        for (int i = start; i < text.Length && children.TryGetValue((node, text[i]), out node); i++)
        {
            if (ends.TryGetValue(node, out AddedToken? token))
            {
                found = token;
                end = i + 1;
            }
        }

        return found;
    }
}
