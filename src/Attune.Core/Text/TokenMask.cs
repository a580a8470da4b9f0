namespace Attune.Text;

/// <summary>Which tokens of a text lie in given ranges of it.</summary>
internal static class TokenMask
{
    /// <summary>Those that share a character with a range: what transformers makes of <c>{% generation %}</c>.</summary>
    public static bool[] Overlapping(Encoding encoding, IReadOnlyList<TextRange> ranges) =>
        Mask(encoding, ranges, (token, range) => token.Start < range.End && range.Start < token.End);

    /// <summary>Those that begin in a range: a token that begins before it was written, at least in part, by what comes before.</summary>
    public static bool[] Beginning(Encoding encoding, IReadOnlyList<TextRange> ranges) =>
        Mask(encoding, ranges, (token, range) => token.Start < token.End && range.Start <= token.Start && token.Start < range.End);

    private static bool[] Mask(Encoding encoding, IReadOnlyList<TextRange> ranges, Func<TextRange, TextRange, bool> belongs)
    {
        var mask = new bool[encoding.Count];
        for (int i = 0; i < mask.Length; i++)
        {
            foreach (TextRange range in ranges)
            {
                mask[i] |= belongs(encoding.Offsets[i], range);
            }
        }

        return mask;
    }
}
