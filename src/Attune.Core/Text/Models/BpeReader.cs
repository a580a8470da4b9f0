using System.Text.Json;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text.Models;

/// <summary>Reads a <see cref="Bpe"/>: from tokenizer.json, and from vocab.json with merges.txt.</summary>
internal static class BpeReader
{
    public static Bpe Read(Dictionary<string, ReadOnlyMemory<byte>> members, Part settings, string file)
    {
        if (settings.NumberOrNull("dropout") is > 0)
        {
            throw settings.Error("\"dropout\" would make the tokens random", "set it to null");
        }

        Vocabulary vocabulary = VocabularyJson.Read(ModelReader.Member(members, "vocab", file), file, "model.vocab");
        List<(int, int)> merges = Merges(ModelReader.Member(members, "merges", file), vocabulary, file);
        return new Bpe(vocabulary, merges, new BpeSettings
        {
            UnknownToken = settings.StringOrNull("unk_token"),
            ContinuingSubwordPrefix = settings.StringOrNull("continuing_subword_prefix") ?? "",
            EndOfWordSuffix = settings.StringOrNull("end_of_word_suffix") ?? "",
            FuseUnknown = settings.Bool("fuse_unk", false),
            ByteFallback = settings.Bool("byte_fallback", false),
            IgnoreMerges = settings.Bool("ignore_merges", false),
        }, file);
    }

    /// <summary>Reads merges.txt: a pair a line, the best first.</summary>
    public static List<(int Left, int Right)> MergesText(ReadOnlySpan<byte> text, Vocabulary vocabulary, string file)
    {
        var merges = new List<(int, int)>();
        int line = 0;
        while (text.Length > 0)
        {
            int length = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> merge = length < 0 ? text : text[..length];
            text = length < 0 ? [] : text[(length + 1)..];
            merge = merge.EndsWith("\r"u8) ? merge[..^1] : merge;
            line++;
            if (merge.Length > 0 && !merge.StartsWith("#version"u8))
            {
                merges.Add(Pair(merge, vocabulary, file, $"line {line}"));
            }
        }

        return merges;
    }

    private static List<(int Left, int Right)> Merges(ReadOnlySpan<byte> json, Vocabulary vocabulary, string file)
    {
        var merges = new List<(int, int)>(Math.Max(16, json.Length / 32));
        var reader = new Utf8JsonReader(json);
        byte[] buffer = new byte[256];
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            throw new FormatException(file, -1, "model.merges: a list is expected");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string place = "model.merges";
            if (reader.TokenType == JsonTokenType.String)
            {
                ReadOnlySpan<byte> merge = VocabularyJson.Unescape(ref reader, ref buffer, file, place);
                if (!merge.StartsWith("#version"u8))
                {
                    merges.Add(Pair(merge, vocabulary, file, place));
                }
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                int left = Token(ref reader, ref buffer, vocabulary, file);
                int right = Token(ref reader, ref buffer, vocabulary, file);
                reader.Read();
                if (reader.TokenType != JsonTokenType.EndArray)
                {
                    throw new FormatException(file, -1, $"model.merges[{merges.Count}]: two tokens are expected");
                }

                merges.Add((left, right));
            }
            else
            {
                throw new FormatException(file, -1, $"model.merges[{merges.Count}]: two tokens are expected");
            }
        }

        return merges;
    }

    private static int Token(ref Utf8JsonReader reader, ref byte[] buffer, Vocabulary vocabulary, string file)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.String
            ? Known(VocabularyJson.Unescape(ref reader, ref buffer, file, "model.merges"), vocabulary, file, "model.merges")
            : throw new FormatException(file, -1, "model.merges: two tokens are expected");
    }

    private static (int Left, int Right) Pair(ReadOnlySpan<byte> merge, Vocabulary vocabulary, string file, string place)
    {
        int space = merge.IndexOf((byte)' ');
        if (space < 0 || merge[(space + 1)..].IndexOf((byte)' ') >= 0)
        {
            throw new FormatException(file, -1, $"{place}: \"{System.Text.Encoding.UTF8.GetString(merge)}\" must be two tokens with one space between");
        }

        return (Known(merge[..space], vocabulary, file, place), Known(merge[(space + 1)..], vocabulary, file, place));
    }

    private static int Known(ReadOnlySpan<byte> token, Vocabulary vocabulary, string file, string place)
    {
        int id = vocabulary.IdOf(token);
        return id >= 0
            ? id : throw new FormatException(file, -1, $"{place}: \"{System.Text.Encoding.UTF8.GetString(token)}\" is not in the vocabulary");
    }
}
