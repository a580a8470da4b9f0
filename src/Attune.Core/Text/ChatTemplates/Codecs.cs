using System.Globalization;
using System.Text;

namespace Attune.Text.ChatTemplates;

/// <summary>Text to bytes and back, as Python's <c>encode</c> and <c>decode</c>: the encodings and the ways with errors that templates may ask for.</summary>
internal static class Codecs
{
    private const string Replacement = "\uFFFD";

    public static byte[] Encode(Run run, string text, string encoding, string errors)
    {
        run.Budget.Step(text.Length / 8);
        string name = Normal(encoding);
        if (name is "unicode_escape")
        {
            return [.. text.EnumerateRunes().SelectMany(rune => Escaped(rune.Value))];
        }

        int most = name switch
        {
            "ascii" => 0x7F,
            "latin_1" => 0xFF,
            _ => 0x10FFFF,
        };
        var bytes = new List<byte>(text.Length);
        bytes.AddRange(name is "utf_16" or "utf_32" ? Codec(run, name, encoding).GetPreamble() : []);
        foreach (Rune rune in text.EnumerateRunes())
        {
            string written = rune.Value <= most ? rune.ToString() : Instead(run, rune.Value, encoding, errors);
            bytes.AddRange(most == 0x10FFFF ? Codec(run, name, encoding).GetBytes(written) : written.Select(c => (byte)c));
        }

        return [.. bytes];
    }

    public static string Decode(Run run, byte[] bytes, string encoding, string errors)
    {
        run.Budget.Step(bytes.Length / 8);
        string name = Normal(encoding);
        if (name is "latin_1")
        {
            return string.Concat(bytes.Select(b => (char)b));
        }

        string text = name is "ascii" ? string.Concat(bytes.Select(b => b < 0x80 ? ((char)b).ToString() : Replacement)) : Codec(run, name, encoding).GetString(bytes);
        text = name is "utf_16" or "utf_32" && text.StartsWith('\uFEFF') ? text[1..] : text;
        bool isWhole = !text.Contains(Replacement, StringComparison.Ordinal) || name is not "ascii" && Codec(run, name, encoding).GetBytes(text).AsSpan().SequenceEqual(bytes);
        return isWhole || errors == "replace" ? text
            : errors == "ignore" ? text.Replace(Replacement, "", StringComparison.Ordinal)
            : throw run.Fail($"these bytes are not valid {encoding}");
    }

    private static System.Text.Encoding Codec(Run run, string name, string given) => name switch
    {
        "utf_8" => new UTF8Encoding(false),
        "utf_16" or "utf_16_le" => new UnicodeEncoding(false, true),
        "utf_16_be" => new UnicodeEncoding(true, false),
        "utf_32" or "utf_32_le" => new UTF32Encoding(false, true),
        "utf_32_be" => new UTF32Encoding(true, false),
        _ => throw run.Fail($"the encoding {Formats.Names.Quote(given)} is not known here; known are utf-8, utf-16, utf-32, ascii, latin-1 and unicode_escape"),
    };

    private static string Normal(string encoding)
    {
        string name = encoding.ToLowerInvariant().Replace('-', '_').Replace(' ', '_');
        return name switch
        {
            "utf8" or "u8" => "utf_8",
            "utf16" => "utf_16",
            "utf32" => "utf_32",
            "us_ascii" or "646" => "ascii",
            "latin1" or "latin" or "iso_8859_1" or "iso8859_1" or "l1" => "latin_1",
            _ => name,
        };
    }

    private static string Instead(Run run, int codePoint, string encoding, string errors) => errors switch
    {
        "ignore" => "",
        "replace" => "?",
        "backslashreplace" => string.Concat(Escaped(codePoint).Select(b => (char)b)),
        "xmlcharrefreplace" => $"&#{codePoint.ToString(CultureInfo.InvariantCulture)};",
        _ => throw run.Fail($"{encoding} has no character U+{codePoint:X4}"),
    };

    private static byte[] Escaped(int codePoint) => System.Text.Encoding.ASCII.GetBytes(codePoint switch
    {
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        >= 0x20 and < 0x7F => ((char)codePoint).ToString(),
        < 0x100 => $"\\x{codePoint:x2}",
        < 0x10000 => $"\\u{codePoint:x4}",
        _ => $"\\U{codePoint:x8}",
    });
}
