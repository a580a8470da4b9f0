using System.Collections.Concurrent;
using System.Text.Json;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text.Models;

/// <summary>
/// Byte-pair encoding: a word begins as its characters, and neighbours merge, the pair of lowest rank first, the leftmost of equals.
/// </summary>
internal sealed class Bpe : IModel
{
    private readonly ConcurrentBag<BpeSession> idle = [];
    private readonly IReadOnlyList<Merge> merges;
    private int[]? bytes;

    public Bpe(Vocabulary vocabulary, IReadOnlyList<Merge> merges, BpeSettings settings, string file)
    {
        Vocabulary = vocabulary;
        this.merges = merges;
        Settings = settings;
        Table = new PairTable(merges.Count);
        int prefix = System.Text.Encoding.UTF8.GetByteCount(settings.ContinuingSubwordPrefix);
        for (int rank = 0; rank < merges.Count; rank++)
        {
            Merge merge = merges[rank];
            int result = prefix == 0 && merge.Result >= 0 ? merge.Result : Result(merge, rank, prefix, file);
            Table.Add(merge.Left, merge.Right, rank, result);
        }

        UnknownId = settings.UnknownToken is null ? null : vocabulary.IdOf(settings.UnknownToken);
        if (UnknownId == -1)
        {
            throw new FormatException(file, -1, $"model.unk_token: \"{settings.UnknownToken}\" is not in the vocabulary");
        }
    }

    public Vocabulary Vocabulary { get; }

    public int? UnknownId { get; }

    public BpeSettings Settings { get; }

    public string ContinuingSubwordPrefix => Settings.ContinuingSubwordPrefix;

    public PairTable Table { get; }

    public IReadOnlySet<int> Special { get; set; } = new HashSet<int>();

    public IModelSession Begin() => idle.TryTake(out BpeSession? session) ? session : new BpeSession(this);

    public void Return(BpeSession session) => idle.Add(session);

    /// <summary>The id of <c>&lt;0x0A&gt;</c> and its like, or -1.</summary>
    public int ByteId(byte value)
    {
        if (bytes is null)
        {
            int[] ids = new int[256];
            for (int b = 0; b < 256; b++)
            {
                ids[b] = Vocabulary.IdOf($"<0x{b:X2}>");
            }

            bytes = ids;
        }

        return bytes[value];
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteString("unk_token", Settings.UnknownToken);
        WriteText(json, "continuing_subword_prefix", Settings.ContinuingSubwordPrefix);
        WriteText(json, "end_of_word_suffix", Settings.EndOfWordSuffix);
        json.WriteBoolean("fuse_unk", Settings.FuseUnknown);
        json.WriteBoolean("byte_fallback", Settings.ByteFallback);
        json.WriteBoolean("ignore_merges", Settings.IgnoreMerges);
        VocabularyJson.Write(json, Vocabulary);
        json.WriteStartArray("merges");
        foreach (Merge merge in merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(Vocabulary.BytesOf(merge.Left));
            json.WriteStringValue(Vocabulary.BytesOf(merge.Right));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private int Result(Merge merge, int rank, int prefix, string file)
    {
        ReadOnlySpan<byte> right = Vocabulary.BytesOf(merge.Right);
        int result = right.Length < prefix ? -1 : Vocabulary.IdOf(Vocabulary.BytesOf(merge.Left), right[prefix..], -1);
        return result >= 0 ? result : throw new FormatException(
            file,
            -1,
            $"model.merges[{rank}]: \"{Vocabulary.TokenOf(merge.Left)}\" and \"{Vocabulary.TokenOf(merge.Right)}\" merge into a token that is not in the vocabulary");
    }

    private static void WriteText(Utf8JsonWriter json, string key, string text)
    {
        if (text.Length == 0)
        {
            json.WriteNull(key);
        }
        else
        {
            json.WriteString(key, text);
        }
    }
}

/// <summary>What else tokenizer.json says of a BPE model.</summary>
internal sealed record BpeSettings
{
    /// <summary>Stands for characters that the vocabulary lacks; null: they are left out.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Put before every character of a word but the first; empty for none.</summary>
    public string ContinuingSubwordPrefix { get; init; } = "";

    /// <summary>Put after the last character of a word; empty for none.</summary>
    public string EndOfWordSuffix { get; init; } = "";

    /// <summary>Unknown neighbours are one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>A character that the vocabulary lacks is spelled as <c>&lt;0xE4&gt;</c>, byte by byte.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A whole word that is in the vocabulary is one token, whatever the merges say.</summary>
    public bool IgnoreMerges { get; init; }
}
