using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attune.Text;

namespace Attune.Benchmarks;

/// <summary>A tokenizer.json of byte-level BPE that is the same each time it is generated: 256 bytes, and merges of two tokens that were there before.</summary>
internal static class GeneratedTokenizer
{
    private const int Longest = 14;
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(string file, int tokens)
    {
        List<string> vocabulary = [.. Enumerable.Range(0, 256).Select(value => Spelled((byte)value))];
        var known = new HashSet<string>(vocabulary, StringComparer.Ordinal);
        var merges = new List<(string Left, string Right)>();
        ulong state = 1;
        int Draw(int below) => (int)(((state = (state * 6364136223846793005) + 1442695040888963407) >> 33) % (ulong)below);
        string Letters() => Draw(4) == 0 ? vocabulary[Draw(vocabulary.Count)] : Spelled((byte)(Draw(6) == 0 ? ' ' : 'a' + Draw(26)));
        while (vocabulary.Count < tokens)
        {
            (string left, string right) = (vocabulary[Draw(vocabulary.Count)], Letters());
            if (left.Length + right.Length <= Longest && known.Add(left + right))
            {
                vocabulary.Add(left + right);
                merges.Add((left, right));
            }
        }

        using FileStream stream = File.Create(file);
        using var json = new Utf8JsonWriter(stream, Options);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        json.WriteEndArray();
        json.WriteNull("normalizer");
        WriteByteLevel(json, "pre_tokenizer");
        WriteByteLevel(json, "post_processor");
        WriteByteLevel(json, "decoder");
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", false);
        json.WriteStartObject("vocab");
        for (int id = 0; id < vocabulary.Count; id++)
        {
            json.WriteNumber(vocabulary[id], id);
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((string left, string right) in merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(left);
            json.WriteStringValue(right);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string member)
    {
        json.WriteStartObject(member);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", true);
        json.WriteEndObject();
    }

    private static string Spelled(byte value) => ByteAlphabet.Character(value).ToString();
}
