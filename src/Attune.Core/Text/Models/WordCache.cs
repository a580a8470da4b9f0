using System.Runtime.InteropServices;

namespace Attune.Text.Models;

/// <summary>The tokens of words seen before. Full, it keeps what it has: the frequent words come early.</summary>
internal sealed class WordCache
{
    private const int MostWords = 1 << 16;
    private const int LongestWord = 256;

    private Entry[] entries = new Entry[1 << 9];
    private char[] characters = new char[1 << 10];
    private ModelToken[] tokens = new ModelToken[1 << 9];
    private int usedCharacters;
    private int usedTokens;
    private int words;

    /// <summary>Appends the tokens of a word that is known; false where it is not.</summary>
    public bool TryGet(ReadOnlySpan<char> word, List<ModelToken> into)
    {
        uint hash = Hash(word);
        for (int slot = (int)hash & (entries.Length - 1); ; slot = (slot + 1) & (entries.Length - 1))
        {
            ref readonly Entry entry = ref entries[slot];
            if (entry.Tokens == 0)
            {
                return false;
            }

            if (entry.Hash == hash && word.SequenceEqual(characters.AsSpan(entry.Start, entry.Length)))
            {
                into.AddRange(tokens.AsSpan(entry.First, entry.Tokens));
                return true;
            }
        }
    }

    /// <summary>Remembers a word that is not known yet.</summary>
    public void Add(ReadOnlySpan<char> word, ReadOnlySpan<ModelToken> its)
    {
        if (word.Length > LongestWord || words == MostWords || its.Length == 0)
        {
            return;
        }

        if (usedCharacters + word.Length > characters.Length)
        {
            Array.Resize(ref characters, characters.Length * 2);
        }

        while (usedTokens + its.Length > tokens.Length)
        {
            Array.Resize(ref tokens, tokens.Length * 2);
        }

        if (words * 2 >= entries.Length)
        {
            Entry[] old = entries;
            entries = new Entry[old.Length * 2];
            foreach (Entry entry in old)
            {
                if (entry.Tokens != 0)
                {
                    entries[Free(entry.Hash)] = entry;
                }
            }
        }

        uint hash = Hash(word);
        word.CopyTo(characters.AsSpan(usedCharacters));
        its.CopyTo(tokens.AsSpan(usedTokens));
        entries[Free(hash)] = new Entry(hash, usedCharacters, word.Length, usedTokens, its.Length);
        usedCharacters += word.Length;
        usedTokens += its.Length;
        words++;
    }

    private int Free(uint hash)
    {
        int slot = (int)hash & (entries.Length - 1);
        while (entries[slot].Tokens != 0)
        {
            slot = (slot + 1) & (entries.Length - 1);
        }

        return slot;
    }

    private static uint Hash(ReadOnlySpan<char> word)
    {
        ulong hash = (ulong)word.Length * 0x9E3779B97F4A7C15;
        while (word.Length >= 4)
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(word))) * 0xFF51AFD7ED558CCD;
            hash ^= hash >> 32;
            word = word[4..];
        }

        ulong tail = 0;
        foreach (char unit in word)
        {
            tail = (tail << 16) | unit;
        }

        hash = (hash ^ tail) * 0xC4CEB9FE1A85EC53;
        return (uint)(hash ^ (hash >> 32));
    }

    private readonly record struct Entry(uint Hash, int Start, int Length, int First, int Tokens);
}
