using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Attune.Text.Normalizers;

/// <summary>
/// SentencePiece's compiled map of characters: a double-array trie of UTF-8, and the replacements, each ended by a zero.
/// </summary>
internal sealed class Precompiled : INormalizer
{
    // Graphemes of so many bytes and more are looked up by character only; SentencePiece's models were trained so.
    private const int LongGrapheme = 6;

    private readonly byte[] map;
    private readonly uint[] trie;
    private readonly byte[] replacements;
    private readonly string place;

    private Precompiled(byte[] map, uint[] trie, byte[] replacements, string place)
    {
        this.map = map;
        this.trie = trie;
        this.replacements = replacements;
        this.place = place;
    }

    public static Precompiled Read(Part part)
    {
        byte[] map;
        try
        {
            map = Convert.FromBase64String(part.String("precompiled_charsmap"));
        }
        catch (System.FormatException e)
        {
            throw part.Error("\"precompiled_charsmap\" is not base64: " + e.Message.TrimEnd('.'));
        }

        return Read(map, part.Path) ?? throw part.Error("\"precompiled_charsmap\" is cut off or broken");
    }

    /// <summary>Reads a map, or gives null where its sizes do not fit.</summary>
    public static Precompiled? Read(byte[] map, string place)
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

        return Utf8.IsValid(replacements) ? new Precompiled(map, trie, replacements, place) : null;
    }

    public AlignedText Normalize(AlignedText text)
    {
        var changes = new List<(int CodePoint, int Change)>(text.Length);
        ReadOnlySpan<char> span = text.Span;
        bool changed = false;
        for (int i = 0; i < span.Length;)
        {
            int length = StringInfo.GetNextTextElementLength(span[i..]);
            ReadOnlySpan<char> grapheme = span.Slice(i, length);
            i += length;
            if (System.Text.Encoding.UTF8.GetByteCount(grapheme) < LongGrapheme && Find(grapheme) is { } whole)
            {
                changed = true;
                Replace(changes, CodePoints.Count(grapheme), whole);
                continue;
            }

            for (int c = 0; c < grapheme.Length;)
            {
                int codePoint = CodePoints.At(grapheme, c, out int units);
                if (Find(grapheme.Slice(c, units)) is { } replacement)
                {
                    changed = true;
                    Replace(changes, 1, replacement);
                }
                else
                {
                    changes.Add((codePoint, 0));
                }

                c += units;
            }
        }

        if (!changed)
        {
            return text;
        }

        var output = new AlignedText(text.Length + 8);
        var rewriter = new TextRewriter(text, 0, text.Length, output);
        foreach ((int codePoint, int change) in changes)
        {
            rewriter.Emit(codePoint, change);
        }

        return output;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "Precompiled");
        json.WriteBase64String("precompiled_charsmap", map);
    }

    private static void Replace(List<(int CodePoint, int Change)> changes, int old, string replacement)
    {
        int count = 0;
        foreach (Rune rune in replacement.EnumerateRunes())
        {
            changes.Add((rune.Value, count++ < old ? 0 : 1));
        }

        if (count < old && changes.Count > 0)
        {
            changes[^1] = changes[^1] with { Change = changes[^1].Change + count - old };
        }
    }

    // The replacement of the shortest beginning of the text that the trie has.
    private string? Find(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[LongGrapheme + 4];
        if (System.Text.Encoding.UTF8.GetByteCount(text) > bytes.Length)
        {
            return null;
        }

        bytes = bytes[..System.Text.Encoding.UTF8.GetBytes(text, bytes)];
        uint at = Offset(Unit(0));
        foreach (byte value in bytes)
        {
            if (value == 0)
            {
                return null;
            }

            at ^= value;
            uint unit = Unit(at);
            if ((unit & 0x800000FF) != value)
            {
                return null;
            }

            at ^= Offset(unit);
            if ((unit >> 8 & 1) == 1)
            {
                return Replacement(Unit(at) & 0x7FFFFFFF);
            }
        }

        return null;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & (1 << 9)) >> 6);

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
        return Utf8.IsValid(rest) ? System.Text.Encoding.UTF8.GetString(rest) : throw Broken();
    }

    private AttuneException Broken() => new(ExitCode.BadData, place, "\"precompiled_charsmap\" points outside of itself");
}
