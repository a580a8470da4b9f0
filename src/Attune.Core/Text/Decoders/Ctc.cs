using System.Text.Json;

namespace Attune.Text.Decoders;

/// <summary>Drops repetitions and blanks: what connectionist temporal classification leaves.</summary>
internal sealed class Ctc(string padToken, string wordDelimiterToken, bool cleanup) : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        var decoded = new List<string>();
        for (int i = 0; i < tokens.Count; i++)
        {
            if (i > 0 && tokens[i] == tokens[i - 1])
            {
                continue;
            }

            string text = padToken.Length == 0 ? tokens[i] : tokens[i].Replace(padToken, "", StringComparison.Ordinal);
            text = cleanup ? WordPiece.Clean(text) : text;
            text = cleanup && wordDelimiterToken.Length > 0 ? text.Replace(wordDelimiterToken, " ", StringComparison.Ordinal) : text;
            if (text.Length > 0)
            {
                decoded.Add(text);
            }
        }

        return decoded;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "CTC");
        json.WriteString("pad_token", padToken);
        json.WriteString("word_delimiter_token", wordDelimiterToken);
        json.WriteBoolean("cleanup", cleanup);
    }
}
