using System.Text;
using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.Decoders;

/// <summary>Puts something in the place of each match in a token.</summary>
internal sealed class Replace(PatternText pattern, string content) : IDecoder
{
    public static Replace Read(Part part) => new(PatternText.Read(part), part.String("content"));

    public List<string> Decode(List<string> tokens)
    {
        var matches = new MatchList();
        return tokens.ConvertAll(token =>
        {
            matches.Clear();
            pattern.Pattern.Find(token, matches);
            var replaced = new StringBuilder();
            foreach (Match match in matches.Span)
            {
                replaced.Append(match.IsMatch ? content : token.AsSpan(match.Start, match.End - match.Start));
            }

            return replaced.ToString();
        });
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Replace");
        pattern.Write(json);
        json.WriteString("content", content);
    }
}
