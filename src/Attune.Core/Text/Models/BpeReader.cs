using System.Text.Json;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text.Models;

/// <summary>Reads a <see cref="Bpe"/>: from tokenizer.json, and from vocab.json with merges.txt.</summary>
internal static class BpeReader
{
    public static Bpe Read(ModelMembers members, string file)
    {
        Part settings = members.Settings;
        if (settings.NumberOrNull("dropout") is > 0)
        {
            throw settings.Error("\"dropout\" would make the tokens random", "set it to null");
        }

        return new Bpe(members.Vocabulary, members.Merges(), new BpeSettings
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
    public static List<Merge> MergesText(ReadOnlyMemory<byte> text, Vocabulary vocabulary, string file)
    {
        var merges = new List<Merge>();
        List<ReadOnlyMemory<byte>> lines = TextLines.Of(text);
        for (int i = 0; i < lines.Count; i++)
        {
            ReadOnlySpan<byte> merge = lines[i].Span;
            if (merge.Length > 0 && !merge.StartsWith("#version"u8))
            {
                merges.Add(Read(merge, merges, vocabulary, file, $"line {i + 1}"));
            }
        }

        return merges;
    }

    /// <summary>Reads the list at which the reader stands: of pairs, or of strings with a space between two tokens.</summary>
    public static void Merges(ref Utf8JsonReader reader, Vocabulary vocabulary, List<Merge> merges, string file)
    {
        byte[] one = new byte[256];
        byte[] other = new byte[256];
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new FormatException(file, -1, "model.merges: a list is expected");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                ReadOnlySpan<byte> merge = VocabularyJson.Unescape(ref reader, ref one, file, "model.merges");
                if (!merge.StartsWith("#version"u8))
                {
                    merges.Add(Read(merge, merges, vocabulary, file, "model.merges"));
                }

                continue;
            }

            bool isPair = reader.TokenType == JsonTokenType.StartArray && reader.Read() && reader.TokenType == JsonTokenType.String;
            ReadOnlySpan<byte> left = isPair ? VocabularyJson.Unescape(ref reader, ref one, file, "model.merges") : default;
            isPair = isPair && reader.Read() && reader.TokenType == JsonTokenType.String;
            ReadOnlySpan<byte> right = isPair ? VocabularyJson.Unescape(ref reader, ref other, file, "model.merges") : default;
            if (!isPair || !reader.Read() || reader.TokenType != JsonTokenType.EndArray)
            {
                throw new FormatException(file, -1, $"model.merges[{merges.Count}]: two tokens are expected");
            }

            merges.Add(Read(left, right, merges, vocabulary, file, "model.merges"));
        }
    }

    private static Merge Read(ReadOnlySpan<byte> merge, List<Merge> before, Vocabulary vocabulary, string file, string place)
    {
        int space = merge.IndexOf((byte)' ');
        return space >= 0 && merge[(space + 1)..].IndexOf((byte)' ') < 0
            ? Read(merge[..space], merge[(space + 1)..], before, vocabulary, file, place)
            : throw new FormatException(
                file, -1, $"{place}: \"{System.Text.Encoding.UTF8.GetString(merge)}\" must be two tokens with one space between");
    }

    private static Merge Read(
        ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, List<Merge> before, Vocabulary vocabulary, string file, string place) => new(
        Known(left, vocabulary, file, place),
        Known(right, vocabulary, file, place),
        vocabulary.IdOf(left, right, before.Count == 0 ? -1 : before[^1].Result + 1));

    private static int Known(ReadOnlySpan<byte> token, Vocabulary vocabulary, string file, string place)
    {
        int id = vocabulary.IdOf(token);
        return id >= 0
            ? id : throw new FormatException(file, -1, $"{place}: \"{System.Text.Encoding.UTF8.GetString(token)}\" is not in the vocabulary");
    }
}
