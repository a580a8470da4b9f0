using System.Text;

namespace Attune.Text;

/// <summary>
/// GPT-2's spelling of bytes as visible characters: printable Latin-1 stands for itself, the other bytes, in order, for U+0100 and up.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] OfByte = Make();
    private static readonly short[] OfCharacter = Invert();

    /// <summary>The character of a byte.</summary>
    public static char Character(byte value) => OfByte[value];

    /// <summary>The byte of a character, or -1 where it is not in the alphabet.</summary>
    public static int Byte(char character) => character < OfCharacter.Length ? OfCharacter[character] : -1;

    /// <summary>All 256 characters, in the order of the bytes.</summary>
    public static ReadOnlySpan<char> Characters => OfByte;

    /// <summary>A text with the bytes of its UTF-8 form spelled out.</summary>
    public static string Spell(string text) => string.Create(System.Text.Encoding.UTF8.GetByteCount(text), text, static (span, text) =>
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < span.Length; i++)
        {
            span[i] = OfByte[bytes[i]];
        }
    });

    /// <summary>Spells a stretch of text out, each byte standing for its code point's stretch of the original.</summary>
    public static void Spell(AlignedText source, int start, int end, AlignedText output)
    {
        ReadOnlySpan<char> ascii = OfByte.AsSpan(0, 128);
        Span<byte> bytes = stackalloc byte[4];
        ReadOnlySpan<char> text = source.Slice(start, end);
        for (int i = 0; i < text.Length;)
        {
            i += output.AppendSpelled(source, start + i, end, ascii);
            if (i == text.Length)
            {
                return;
            }

            int codePoint = CodePoints.At(text, i, out int length);
            int from = source.OriginalStart(start + i);
            int to = source.OriginalEnd(start + i + length - 1);
            int count = new Rune(codePoint).EncodeToUtf8(bytes);
            for (int b = 0; b < count; b++)
            {
                output.Append(OfByte[bytes[b]], from, to);
            }

            i += length;
        }
    }

    private static char[] Make()
    {
        char[] characters = new char[256];
        int next = 256;
        for (int b = 0; b < 256; b++)
        {
            bool visible = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            characters[b] = (char)(visible ? b : next++);
        }

        return characters;
    }

    private static short[] Invert()
    {
        short[] bytes = new short[OfByte.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int b = 0; b < 256; b++)
        {
            bytes[OfByte[b]] = (short)b;
        }

        return bytes;
    }
}
