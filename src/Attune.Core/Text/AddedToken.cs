using System.Text.Json;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text;

/// <summary>A token that is looked for in the text itself, before the model sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text; not empty.</param>
public sealed record AddedToken(int Id, string Content)
{
    /// <summary>It is found only where no word character stands beside it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>White space before it belongs to it.</summary>
    public bool LStrip { get; init; }

    /// <summary>White space after it belongs to it.</summary>
    public bool RStrip { get; init; }

    /// <summary>It is looked for in the normalized text, in its own normalized form.</summary>
    public bool Normalized { get; init; }

    /// <summary>It steers the model: decoding can leave it out, and it is never found in a user's text.</summary>
    public bool Special { get; init; }

    internal static IReadOnlyList<AddedToken> ReadAll(JsonElement list, string file)
    {
        if (list.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException(file, -1, "added_tokens must be a list");
        }

        var tokens = new List<AddedToken>();
        foreach (JsonElement element in list.EnumerateArray())
        {
            var part = new Part(element, file, $"added_tokens[{tokens.Count}]");
            tokens.Add(new AddedToken(part.Id("id"), part.String("content"))
            {
                SingleWord = part.Bool("single_word", false),
                LStrip = part.Bool("lstrip", false),
                RStrip = part.Bool("rstrip", false),
                Normalized = part.Bool("normalized", true),
                Special = part.Bool("special", false),
            });
        }

        return tokens;
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("id", Id);
        json.WriteString("content", Content);
        json.WriteBoolean("single_word", SingleWord);
        json.WriteBoolean("lstrip", LStrip);
        json.WriteBoolean("rstrip", RStrip);
        json.WriteBoolean("normalized", Normalized);
        json.WriteBoolean("special", Special);
        json.WriteEndObject();
    }
}
