using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Attune.Text.Normalizers;

/// <summary>
/// SentencePiece's compiled map of characters: a double-array trie of UTF-8, and the replacements, each ended by a zero.
/// </summary>
internal sealed class CharacterMap
{
    // No character is written as more than a few; without a bound a small file could make a text grow without end.
    private const int LongestReplacement = 1024;

    private readonly uint[] trie;
    private readonly byte[] replacements;
    private readonly string place;

    private CharacterMap(byte[] bytes, uint[] trie, byte[] replacements, string place)
    {
        Bytes = bytes;
        this.trie = trie;
        this.replacements = replacements;
        this.place = place;
    }

    /// <summary>The map as it is stored.</summary>
    public byte[] Bytes { get; }

    /// <summary>Reads a map, or gives null where its sizes do not fit.</summary>
    public static CharacterMap? Read(byte[] map, string place)
    {
        if (map.Length < 4)
        {
            return null;
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(map);
        if (size < 4 || size % 4 != 0 || size > map.Length - 4)
        {
            return null;
        }

        byte[] replacements = map[(4 + (int)size)..];
        uint[] trie = new uint[size / 4];
        for (int i = 0; i < trie.Length; i++)
        {
            trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(map.AsSpan(4 + (i * 4)));
        }

        return Utf8.IsValid(replacements) ? new CharacterMap(map, trie, replacements, place) : null;
    }

    /// <summary>The replacement of the shortest beginning of the text that the map has, or null.</summary>
    public string? Shortest(ReadOnlySpan<char> text)
    {
        uint at = Root();
        for (int i = 0; i < text.Length;)
        {
            if (!Walk(CodePoints.At(text, i, out int length), ref at, stopAtLeaf: true, out uint leaf))
            {
                return null;
            }

            if (leaf != uint.MaxValue)
            {
                return Replacement(leaf);
            }

            i += length;
        }

        return null;
    }

    /// <summary>The replacement of the longest beginning of the text that the map has, or null; and that beginning's units.</summary>
    public string? Longest(ReadOnlySpan<char> text, out int units)
    {
        uint at = Root();
        uint found = uint.MaxValue;
        units = 0;
        for (int i = 0; i < text.Length;)
        {
            if (!Walk(CodePoints.At(text, i, out int length), ref at, stopAtLeaf: false, out uint leaf))
            {
                break;
            }

            i += length;
            if (leaf != uint.MaxValue)
            {
                (found, units) = (leaf, i);
            }
        }

        return units == 0 ? null : Replacement(found);
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & (1 << 9)) >> 6);

    private uint Root() => Offset(Unit(0));

    // Goes on by one code point; leaf is where the replacement begins, if what was read so far has one.
    private bool Walk(int codePoint, ref uint at, bool stopAtLeaf, out uint leaf)
    {
        leaf = uint.MaxValue;
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..new Rune(codePoint).EncodeToUtf8(bytes)];
        foreach (byte value in bytes)
        {
            if (value == 0)
            {
                return false;
            }

            at ^= value;
            uint unit = Unit(at);
            if ((unit & 0x800000FF) != value)
            {
                return false;
            }

            at ^= Offset(unit);
            leaf = (unit >> 8 & 1) == 1 ? Unit(at) & 0x7FFFFFFF : uint.MaxValue;
            if (stopAtLeaf && leaf != uint.MaxValue)
            {
                break;
            }
        }

        return true;
    }

    private uint Unit(uint at) => at < trie.Length ? trie[at] : throw Broken();

    private string Replacement(uint start)
    {
        if (start > replacements.Length)
        {
            throw Broken();
        }

        ReadOnlySpan<byte> rest = replacements.AsSpan((int)start);
        int end = rest.IndexOf((byte)0);
        rest = end < 0 ? rest : rest[..end];
        return rest.Length <= LongestReplacement && Utf8.IsValid(rest) ? System.Text.Encoding.UTF8.GetString(rest) : throw Broken();
    }

    private AttuneException Broken() => new(ExitCode.BadData, place, "the compiled map of characters points outside of itself, or to no text");
}
