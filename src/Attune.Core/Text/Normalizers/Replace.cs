using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.Normalizers;

/// <summary>Puts something in the place of each match; it stands for what the match's last code point stands for.</summary>
internal sealed class Replace(PatternText pattern, string content) : INormalizer
{
    public static Replace Read(Part part) => new(PatternText.Read(part), part.String("content"));

    public AlignedText Normalize(AlignedText text)
    {
        var matches = new MatchList();
        pattern.Pattern.Find(text.Span, matches);
        var output = new AlignedText(text.Length + 8);
        var rewriter = new TextRewriter(text, 0, text.Length, output);
        foreach (Match match in matches.Span)
        {
            if (!match.IsMatch)
            {
                rewriter.KeepTo(match.End);
                continue;
            }

            rewriter.SkipTo(match.End);
            for (int i = 0; i < content.Length;)
            {
                rewriter.Emit(CodePoints.At(content, i, out int length), 1);
                i += length;
            }
        }

        return output;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Replace");
        pattern.Write(json);
        json.WriteString("content", content);
    }
}
