using System.Text.Json;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text.Models;

/// <summary>Finds the model that tokenizer.json names.</summary>
internal static class ModelReader
{
    /// <summary>Reads a model from the members of its object, each as it stands in the file.</summary>
    public static IModel Read(Dictionary<string, ReadOnlyMemory<byte>> members, string file)
    {
        Part settings = Settings(members, file);
        string type = settings.StringOrNull("type") ?? Guess(members);
        return type switch
        {
            "BPE" => BpeReader.Read(members, settings, file),
            "WordPiece" => WordPiece.Read(members, settings, file),
            "WordLevel" => WordLevel.Read(members, settings, file),
            _ => throw new FormatException(file, -1, $"model: unknown model \"{type}\"", "Attune knows those of the tokenizers library"),
        };
    }

    /// <summary>A member that must be there.</summary>
    public static ReadOnlySpan<byte> Member(Dictionary<string, ReadOnlyMemory<byte>> members, string key, string file) =>
        members.TryGetValue(key, out ReadOnlyMemory<byte> json) ? json.Span : throw new FormatException(file, -1, $"model: \"{key}\" is missing");

    // Files of old leave the type out.
    private static string Guess(Dictionary<string, ReadOnlyMemory<byte>> members) =>
        members.ContainsKey("merges") ? "BPE"
        : members.ContainsKey("unk_id") ? "Unigram"
        : members.ContainsKey("max_input_chars_per_word") ? "WordPiece" : "WordLevel";

    private static Part Settings(Dictionary<string, ReadOnlyMemory<byte>> members, string file)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach ((string key, ReadOnlyMemory<byte> value) in members)
            {
                if (key is not ("vocab" or "merges"))
                {
                    json.WritePropertyName(key);
                    json.WriteRawValue(value.Span);
                }
            }

            json.WriteEndObject();
        }

        return TokenizerJson.Parse(stream.ToArray(), file, "model");
    }
}
