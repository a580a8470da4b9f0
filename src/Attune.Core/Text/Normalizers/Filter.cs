namespace Attune.Text.Normalizers;

/// <summary>Drops and maps single code points.</summary>
internal static class Filter
{
    /// <summary>The text without the code points that are not to be kept; each that is kept stands for itself.</summary>
    public static AlignedText Keep(AlignedText text, Func<int, bool> keep) => Map(text, codePoint => keep(codePoint) ? codePoint : -1);

    /// <summary>The text with each code point mapped; negative: dropped.</summary>
    public static AlignedText Map(AlignedText text, Func<int, int> map)
    {
        var output = new AlignedText(text.Length);
        var rewriter = new TextRewriter(text, 0, text.Length, output);
        ReadOnlySpan<char> span = text.Span;
        for (int i = 0; i < span.Length;)
        {
            int mapped = map(CodePoints.At(span, i, out int length));
            if (mapped < 0)
            {
                rewriter.Skip(1);
            }
            else
            {
                rewriter.Emit(mapped, 0);
            }

            i += length;
        }

        return output;
    }
}
