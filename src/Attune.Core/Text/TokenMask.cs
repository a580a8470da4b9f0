namespace Attune.Text;

/// <summary>Which tokens of a text lie in given ranges of it.</summary>
internal static class TokenMask
{
    /// <summary>Those that share a character with a range: what transformers makes of <c>{% generation %}</c>.</summary>
    public static bool[] Overlapping(Encoding encoding, IReadOnlyList<TextRange> ranges) =>
        [.. encoding.Offsets.Select(token => ranges.Any(range => token.Start < range.End && range.Start < token.End))];
}
