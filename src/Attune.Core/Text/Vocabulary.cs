using System.Buffers;
using System.Runtime.InteropServices;

namespace Attune.Text;

/// <summary>Tokens and their ids. Tokens are kept as UTF-8; their strings are made when they are first asked for.</summary>
internal sealed class Vocabulary
{
    /// <summary>Ids from here on are refused: a table by id would be larger than any model's embedding.</summary>
    public const int IdLimit = 1 << 22;

    private byte[] bytes;
    private int used;
    private Entry[] entries;
    private int[] slots;
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
        entries[Count] = new Entry(hash, used, token.Length, id);
        used += token.Length;
        slots[slot] = ++Count;
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
    public int IdOf(ReadOnlySpan<byte> token)
    {
        int entry = slots[Find(token, Hash(token))];
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

        if (strings.Length < IdBound)
        {
            strings = new string?[IdBound];
        }

        return strings[id] ??= System.Text.Encoding.UTF8.GetString(BytesOf(id));
    }

    private static int[] NewSlots(int capacity)
    {
        int size = 16;
        while (size < capacity * 2)
        {
            size *= 2;
        }

        return new int[size];
    }

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

    private int Find(ReadOnlySpan<byte> token, uint hash)
    {
        int slot = (int)hash & (slots.Length - 1);
        while (true)
        {
            int entry = slots[slot];
            if (entry == 0)
            {
                return slot;
            }

            ref readonly Entry candidate = ref entries[entry - 1];
            if (candidate.Hash == hash && token.SequenceEqual(bytes.AsSpan(candidate.Start, candidate.Length)))
            {
                return slot;
            }

            slot = (slot + 1) & (slots.Length - 1);
        }
    }

    private void Rehash()
    {
        slots = new int[slots.Length * 2];
        for (int i = 0; i < Count; i++)
        {
            int slot = (int)entries[i].Hash & (slots.Length - 1);
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & (slots.Length - 1);
            }

            slots[slot] = i + 1;
        }
    }

    private void Index(int id)
    {
        if (id >= ofId.Length)
        {
            Array.Resize(ref ofId, Math.Max(id + 1, Math.Max(entries.Length, ofId.Length * 2)));
        }

        ofId[id] = Count;
        IdBound = Math.Max(IdBound, id + 1);
    }

    private readonly record struct Entry(uint Hash, int Start, int Length, int Id);
}
