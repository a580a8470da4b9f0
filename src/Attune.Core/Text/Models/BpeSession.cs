using System.Runtime.InteropServices;
using System.Text;

namespace Attune.Text.Models;

/// <summary>Tokenizes words with a <see cref="Bpe"/>; holds the memory for it and the words seen.</summary>
internal sealed class BpeSession(Bpe model) : IModelSession
{
    private const int ShortWord = 48;

    private readonly WordCache cache = new();
    private readonly Dictionary<int, int> characterIds = [];
    private readonly int[] lowIds = LowIds(model);
    private readonly PriorityQueue<(int At, int Result), ulong> queue = new();
    private int[] ids = new int[64];
    private int[] starts = new int[64];
    private int[] ends = new int[64];
    private int[] next = new int[64];
    private int[] previous = new int[64];
    private ulong[] ranks = new ulong[64];
    private int count;

    public void Tokenize(ReadOnlySpan<char> piece, bool plain, List<ModelToken> tokens)
    {
        bool guard = plain && model.Special.Count > 0;
        if (model.Settings.IgnoreMerges)
        {
            int whole = model.Vocabulary.IdOf(piece);
            if (whole >= 0 && !(guard && model.Special.Contains(whole)))
            {
                tokens.Add(new ModelToken(whole, 0, piece.Length));
                return;
            }
        }

        int first = tokens.Count;
        if (cache.TryGet(piece, tokens))
        {
            if (!guard || !CollectionsMarshal.AsSpan(tokens)[first..].ContainsSpecial(model.Special))
            {
                return;
            }

            tokens.RemoveRange(first, tokens.Count - first);
        }

        Begin(piece);
        Merge(guard: false);
        Collect(tokens);
        cache.Add(piece, CollectionsMarshal.AsSpan(tokens)[first..]);
        if (guard && CollectionsMarshal.AsSpan(tokens)[first..].ContainsSpecial(model.Special))
        {
            tokens.RemoveRange(first, tokens.Count - first);
            Begin(piece);
            Merge(guard: true);
            Collect(tokens);
        }
    }

    public void Dispose() => model.Return(this);

    private static int[] LowIds(Bpe model)
    {
        int[] ids = new int[0x180];
        for (int c = 0; c < ids.Length; c++)
        {
            ids[c] = model.Vocabulary.IdOf([(char)c]);
        }

        return ids;
    }

    private void Begin(ReadOnlySpan<char> piece)
    {
        count = 0;
        Reserve(piece.Length + 1);
        int unknown = -1;
        bool dropped = false;
        for (int i = 0; i < piece.Length;)
        {
            int codePoint = CodePoints.At(piece, i, out int length);
            int id = IdOf(codePoint, i == 0, i + length == piece.Length);
            if (id >= 0)
            {
                unknown = -1;
                Add(id, i, i + length);
            }
            else if (!model.Settings.ByteFallback || !AddBytes(codePoint, i, i + length))
            {
                if (model.UnknownId is { } unknownId)
                {
                    if (unknown >= 0 && model.Settings.FuseUnknown)
                    {
                        ends[unknown] = i + length;
                    }
                    else
                    {
                        unknown = count;
                        Add(unknownId, i, i + length);
                    }
                }
                else
                {
                    dropped = true;
                }
            }

            i += length;
        }

        if (dropped)
        {
            CloseUp(piece);
        }
    }

    // What is left of a word from which characters were dropped is counted, in bytes of UTF-8, as if nothing had been there: the
    // tokenizers library does so, and offsets follow it.
    private void CloseUp(ReadOnlySpan<char> piece)
    {
        var unitOfByte = new List<int>();
        for (int i = 0; i < piece.Length;)
        {
            int size = new Rune(CodePoints.At(piece, i, out int length)).Utf8SequenceLength;
            unitOfByte.AddRange(Enumerable.Repeat(i, size));
            i += length;
        }

        int at = 0;
        for (int i = 0; i < count; i++)
        {
            int size = new Rune(CodePoints.At(piece, starts[i], out _)).Utf8SequenceLength;
            starts[i] = unitOfByte[at];
            at += size;
            ends[i] = unitOfByte[at - 1] + CodePoints.LengthAt(piece, unitOfByte[at - 1]);
        }
    }

    private int IdOf(int codePoint, bool first, bool last)
    {
        BpeSettings settings = model.Settings;
        if ((first || settings.ContinuingSubwordPrefix.Length == 0) && (!last || settings.EndOfWordSuffix.Length == 0))
        {
            if (codePoint < lowIds.Length)
            {
                return lowIds[codePoint];
            }

            if (!characterIds.TryGetValue(codePoint, out int id))
            {
                Span<byte> bytes = stackalloc byte[4];
                id = model.Vocabulary.IdOf(bytes[..new Rune(codePoint).EncodeToUtf8(bytes)]);
                characterIds.Add(codePoint, id);
            }

            return id;
        }

        return model.Vocabulary.IdOf((first ? "" : settings.ContinuingSubwordPrefix) + new Rune(codePoint) + (last ? settings.EndOfWordSuffix : ""));
    }

    private bool AddBytes(int codePoint, int start, int end)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..new Rune(codePoint).EncodeToUtf8(bytes)];
        foreach (byte value in bytes)
        {
            if (model.ByteId(value) < 0)
            {
                return false;
            }
        }

        Reserve(count + bytes.Length);
        foreach (byte value in bytes)
        {
            Add(model.ByteId(value), start, end);
        }

        return true;
    }

    private void Add(int id, int start, int end)
    {
        Reserve(count + 1);
        ids[count] = id;
        starts[count] = start;
        ends[count] = end;
        count++;
    }

    private void Merge(bool guard)
    {
        for (int i = 0; i < count; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1 < count ? i + 1 : -1;
        }

        if (count <= ShortWord)
        {
            MergeShort(guard);
        }
        else
        {
            MergeLong(guard);
        }
    }

    // The pair of lowest rank is looked for anew after each merge: for few symbols that beats a queue.
    private void MergeShort(bool guard)
    {
        for (int i = 0; i < count; i++)
        {
            ranks[i] = Rank(i, guard);
        }

        while (true)
        {
            ulong best = PairTable.None;
            int at = -1;
            for (int i = 0; i >= 0 && i < count; i = next[i])
            {
                if (ranks[i] < best)
                {
                    best = ranks[i];
                    at = i;
                }
            }

            if (at < 0)
            {
                return;
            }

            Join(at, (int)(uint)best);
            ranks[at] = Rank(at, guard);
            if (previous[at] >= 0)
            {
                ranks[previous[at]] = Rank(previous[at], guard);
            }
        }
    }

    private void MergeLong(bool guard)
    {
        queue.Clear();
        for (int i = 0; i < count; i++)
        {
            Offer(i, guard);
        }

        while (queue.TryDequeue(out (int At, int Result) merge, out _))
        {
            // Both symbols may have changed since: then their pair, if any, was offered again.
            if (ids[merge.At] < 0 || (int)(uint)Rank(merge.At, guard) != merge.Result)
            {
                continue;
            }

            Join(merge.At, merge.Result);
            if (previous[merge.At] >= 0)
            {
                Offer(previous[merge.At], guard);
            }

            Offer(merge.At, guard);
        }
    }

    private void Offer(int at, bool guard)
    {
        ulong merge = Rank(at, guard);
        if (merge != PairTable.None)
        {
            queue.Enqueue((at, (int)(uint)merge), (merge & 0xFFFFFFFF00000000) | (uint)at);
        }
    }

    private ulong Rank(int at, bool guard)
    {
        if (next[at] < 0)
        {
            return PairTable.None;
        }

        ulong merge = model.Table.Find(ids[at], ids[next[at]]);
        return guard && merge != PairTable.None && model.Special.Contains((int)(uint)merge) ? PairTable.None : merge;
    }

    private void Join(int at, int result)
    {
        int right = next[at];
        ids[at] = result;
        ends[at] = ends[right];
        ids[right] = -1;
        next[at] = next[right];
        if (next[right] >= 0)
        {
            previous[next[right]] = at;
        }
    }

    private void Collect(List<ModelToken> tokens)
    {
        for (int i = count == 0 ? -1 : 0; i >= 0; i = next[i])
        {
            tokens.Add(new ModelToken(ids[i], starts[i], ends[i]));
        }
    }

    private void Reserve(int size)
    {
        if (size <= ids.Length)
        {
            return;
        }

        size = Math.Max(size, ids.Length * 2);
        Array.Resize(ref ids, size);
        Array.Resize(ref starts, size);
        Array.Resize(ref ends, size);
        Array.Resize(ref next, size);
        Array.Resize(ref previous, size);
        Array.Resize(ref ranks, size);
    }
}
