using System.Text.Json;
using Attune.Text.Unicode;

namespace Attune.Text.Normalizers;

/// <summary>BERT's cleaning: control characters go, white space is a space, Chinese characters stand alone, accents and case may go.</summary>
internal sealed class BertNormalizer(bool cleanText, bool handleChineseCharacters, bool? stripAccents, bool lowercase) : INormalizer
{
    private static readonly Lowercase Lower = new();

    public static BertNormalizer Read(Part part) => new(
        part.Bool("clean_text", true), part.Bool("handle_chinese_chars", true), part.BoolOrNull("strip_accents"), part.Bool("lowercase", true));

    public AlignedText Normalize(AlignedText text)
    {
        if (cleanText)
        {
            text = Filter.Map(text, Clean);
        }

        if (handleChineseCharacters)
        {
            text = SetApart(text);
        }

        if (stripAccents ?? lowercase)
        {
            text = Filter.Keep(Normalization.Decompose(text, compatible: false), static codePoint =>
                codePoint < 0x300 || !CodePointClass.NonSpacing.Contains(codePoint));
        }

        return lowercase ? Lower.Normalize(text) : text;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "BertNormalizer");
        json.WriteBoolean("clean_text", cleanText);
        json.WriteBoolean("handle_chinese_chars", handleChineseCharacters);
        if (stripAccents is { } strip)
        {
            json.WriteBoolean("strip_accents", strip);
        }
        else
        {
            json.WriteNull("strip_accents");
        }

        json.WriteBoolean("lowercase", lowercase);
    }

    private static int Clean(int codePoint)
    {
        if (CodePointClass.Dropped.Contains(codePoint))
        {
            return -1;
        }

        return CodePoints.IsWhiteSpace(codePoint) ? ' ' : codePoint;
    }

    private static AlignedText SetApart(AlignedText text)
    {
        var output = new AlignedText(text.Length + 8);
        var rewriter = new TextRewriter(text, 0, text.Length, output);
        ReadOnlySpan<char> span = text.Span;
        for (int i = 0; i < span.Length;)
        {
            int codePoint = CodePoints.At(span, i, out int length);
            if (IsChinese(codePoint))
            {
                rewriter.Emit(' ', 0);
                rewriter.Emit(codePoint, 1);
                rewriter.Emit(' ', 1);
            }
            else
            {
                rewriter.Emit(codePoint, 0);
            }

            i += length;
        }

        return output;
    }

    private static bool IsChinese(int codePoint) => codePoint is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF)
        or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
