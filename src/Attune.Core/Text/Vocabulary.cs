using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Attune.Text;

/// <summary>Tokens and their ids. Tokens are kept as UTF-8; their strings are made when they are first asked for.</summary>
internal sealed class Vocabulary
{
    /// <summary>Ids from here on are refused: a table by id would be larger than any model's embedding.</summary>
    public const int IdLimit = 1 << 21;

    private byte[] bytes;
    private int used;
    private Entry[] entries;
    private ulong[] slots;
    private int[] ofId = [];
    private string?[] strings = [];

    /// <summary>An empty vocabulary.</summary>
    /// <param name="capacity">About how many tokens will come.</param>
    public Vocabulary(int capacity = 256)
    {
        bytes = new byte[capacity * 8];
        entries = new Entry[capacity];
        slots = NewSlots(capacity);
    }

    /// <summary>How many tokens there are.</summary>
    public int Count { get; private set; }

    /// <summary>One more than the largest id.</summary>
    public int IdBound { get; private set; }

    /// <summary>Adds a token; false where it is there already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryAdd(ReadOnlySpan<byte> token, int id)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)IdLimit);
        uint hash = Hash(token);
        int slot = Find(token, hash);
        if (slots[slot] != 0)
        {
            return false;
        }

        if (used + token.Length > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, used + token.Length));
        }

        if (Count == entries.Length)
        {
            Array.Resize(ref entries, Count * 2);
        }

        token.CopyTo(bytes.AsSpan(used));
        entries[Count] = new Entry(used, token.Length, id);
        used += token.Length;
        slots[slot] = Slot(hash, ++Count);
        Index(id);
        if (Count * 2 > slots.Length)
        {
            Rehash();
        }

        return true;
    }

    /// <summary>Adds a token; false where it is there already.</summary>
    public bool TryAdd(string token, int id) => TryAdd(System.Text.Encoding.UTF8.GetBytes(token), id);

    /// <summary>The token's id, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int IdOf(ReadOnlySpan<byte> token)
    {
        int entry = (int)(uint)slots[Find(token, Hash(token))];
        return entry == 0 ? -1 : entries[entry - 1].Id;
    }

    /// <summary>The token's id, or -1.</summary>
    public int IdOf(ReadOnlySpan<char> token)
    {
        int size = System.Text.Encoding.UTF8.GetMaxByteCount(token.Length);
        byte[]? rented = size > 256 ? ArrayPool<byte>.Shared.Rent(size) : null;
        Span<byte> buffer = rented is null ? stackalloc byte[256] : rented;
        int count = System.Text.Encoding.UTF8.GetBytes(token, buffer);
        int id = IdOf(buffer[..count]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return id;
    }

    /// <summary>The id of two tokens put together, or -1.</summary>
    /// <param name="left">The first.</param>
    /// <param name="right">The second.</param>
    /// <param name="guess">An id to try first: merges tend to come in the order of their results' ids.</param>
    public int IdOf(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, int guess)
    {
        ReadOnlySpan<byte> guessed = BytesOf(guess);
        if (guessed.Length == left.Length + right.Length && guessed.StartsWith(left) && guessed.EndsWith(right))
        {
            return guess;
        }

        byte[]? rented = left.Length + right.Length > 256 ? ArrayPool<byte>.Shared.Rent(left.Length + right.Length) : null;
        Span<byte> joined = rented is null ? stackalloc byte[256] : rented;
        left.CopyTo(joined);
        right.CopyTo(joined[left.Length..]);
        int id = IdOf(joined[..(left.Length + right.Length)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return id;
    }

    /// <summary>Whether a token has this id.</summary>
    public bool Has(int id) => (uint)id < (uint)IdBound && ofId[id] != 0;

    /// <summary>The token's UTF-8 form; empty where no token has this id.</summary>
    public ReadOnlySpan<byte> BytesOf(int id)
    {
        if (!Has(id))
        {
            return [];
        }

        Entry entry = entries[ofId[id] - 1];
        return bytes.AsSpan(entry.Start, entry.Length);
    }

    /// <summary>The token, or null where none has this id.</summary>
    public string? TokenOf(int id)
    {
        if (!Has(id))
        {
            return null;
        }

        string?[] made = strings;
        if (made.Length < Count)
        {
            strings = made = new string?[Count];
        }

        return made[ofId[id] - 1] ??= System.Text.Encoding.UTF8.GetString(BytesOf(id));
    }

    // The hash beside the index saves a look at the entry wherever it differs.
    private static ulong Slot(uint hash, int entry) => ((ulong)hash << 32) | (uint)entry;

    private static ulong[] NewSlots(int capacity)
    {
        int size = 16;
        while (size < capacity * 2)
        {
            size *= 2;
        }

        return new ulong[size];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint Hash(ReadOnlySpan<byte> token)
    {
        ulong hash = (ulong)token.Length * 0x9E3779B97F4A7C15;
        while (token.Length >= 8)
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(token)) * 0xFF51AFD7ED558CCD;
            hash ^= hash >> 32;
            token = token[8..];
        }

        ulong tail = 0;
        foreach (byte value in token)
        {
            tail = (tail << 8) | value;
        }

        hash = (hash ^ tail) * 0xC4CEB9FE1A85EC53;
        return (uint)(hash ^ (hash >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Find(ReadOnlySpan<byte> token, uint hash)
    {
        int slot = (int)hash & (slots.Length - 1);
        while (true)
        {
            ulong entry = slots[slot];
            if (entry == 0)
            {
                return slot;
            }

            if ((uint)(entry >> 32) == hash)
            {
                ref readonly Entry candidate = ref entries[(int)(uint)entry - 1];
                if (token.SequenceEqual(bytes.AsSpan(candidate.Start, candidate.Length)))
                {
                    return slot;
                }
            }

            slot = (slot + 1) & (slots.Length - 1);
        }
    }

    private void Rehash()
    {
        ulong[] old = slots;
        slots = new ulong[old.Length * 2];
        foreach (ulong entry in old)
        {
            if (entry == 0)
            {
                continue;
            }

            int slot = (int)(entry >> 32) & (slots.Length - 1);
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & (slots.Length - 1);
            }

            slots[slot] = entry;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Index(int id)
    {
        if (id >= ofId.Length)
        {
            Array.Resize(ref ofId, Math.Max(id + 1, Math.Max(entries.Length, Math.Min(ofId.Length * 2, IdLimit))));
        }

        ofId[id] = Count;
        IdBound = Math.Max(IdBound, id + 1);
    }

    private readonly record struct Entry(int Start, int Length, int Id);
}
