using System.Globalization;

namespace Attune.Text.SentencePieces;

/// <summary>The pieces that stand for a byte: <c>&lt;0xE4&gt;</c>.</summary>
internal static class BytePieces
{
    /// <summary>A byte's piece.</summary>
    public static string Piece(byte value) => $"<0x{value:X2}>";

    /// <summary>A piece's byte, or -1.</summary>
    public static int Byte(string piece) => piece is ['<', '0', 'x', char high, char low, '>'] && !char.IsAsciiLetterLower(high) && !char.IsAsciiLetterLower(low)
        && byte.TryParse([high, low], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) ? value : -1;
}
