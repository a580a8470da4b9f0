using System.Text.Json;

namespace Attune.Text.Models;

/// <summary>Finds the model that tokenizer.json names.</summary>
internal static class ModelReader
{
    /// <summary>Reads the model at whose object the reader stands.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="origin">Where in the file it began.</param>
    /// <param name="whole">The file.</param>
    /// <param name="file">Its path, for messages.</param>
    public static IModel Read(ref Utf8JsonReader reader, ref int origin, ReadOnlyMemory<byte> whole, string file)
    {
        ModelMembers members = ModelMembers.Read(ref reader, ref origin, whole, file);
        string type = members.Settings.StringOrNull("type") ?? Guess(members.Names);
        return type switch
        {
            "BPE" => BpeReader.Read(members, file),
            "WordPiece" => WordPiece.Read(members),
            "WordLevel" => WordLevel.Read(members),
            "Unigram" => Unigram.Read(members, file),
            _ => throw members.Settings.Error($"unknown model \"{type}\""),
        };
    }

    // Files of old leave the type out.
    private static string Guess(HashSet<string> names) =>
        names.Contains("merges") ? "BPE" : names.Contains("unk_id") ? "Unigram" : names.Contains("max_input_chars_per_word") ? "WordPiece" : "WordLevel";
}
