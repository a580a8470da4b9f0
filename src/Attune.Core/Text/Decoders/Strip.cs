using System.Text.Json;

namespace Attune.Text.Decoders;

/// <summary>Takes a character off each token's ends, up to so many times.</summary>
internal sealed class Strip(string content, int start, int stop) : IDecoder
{
    public List<string> Decode(List<string> tokens) => tokens.ConvertAll(token =>
    {
        ReadOnlySpan<char> left = token;
        for (int i = 0; i < start && left.StartsWith(content, StringComparison.Ordinal); i++)
        {
            left = left[content.Length..];
        }

        for (int i = 0; i < stop && left.EndsWith(content, StringComparison.Ordinal); i++)
        {
            left = left[..^content.Length];
        }

        return left.ToString();
    });

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Strip");
        json.WriteString("content", content);
        json.WriteNumber("start", start);
        json.WriteNumber("stop", stop);
    }
}
