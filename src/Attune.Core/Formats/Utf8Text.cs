using System.Text.Unicode;

namespace Attune.Formats;

/// <summary>The JSON and text files that belong to models, adapters and runs: UTF-8, with or without a byte order mark before it.</summary>
internal static class Utf8Text
{
    private const string Cure = "save it as UTF-8";

    /// <summary>Reads a file of at most so many bytes, without its mark.</summary>
    public static byte[] ReadFile(string path, long most)
    {
        using var file = MappedFile.Open(path);
        return file.Length <= most ? WithoutMark(file.Head(), path).ToArray()
            : throw new FormatException(path, -1, $"has {file.Length} bytes, more than the {most} allowed");
    }

    /// <summary>The text without a byte order mark before it; refused where the mark is one of UTF-16 or UTF-32.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes, string path) => bytes[MarkLength(bytes, path)..];

    /// <summary>The text without a byte order mark before it; refused where it is not UTF-8.</summary>
    public static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> bytes, string path)
    {
        ReadOnlyMemory<byte> text = bytes[MarkLength(bytes.Span, path)..];
        return Utf8.IsValid(text.Span) ? text : throw new FormatException(path, -1, "is not UTF-8", Cure);
    }

    private static int MarkLength(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.StartsWith("\uFEFF"u8))
        {
            return 3;
        }

        // Neither begins a text in UTF-8. UTF-32's marks hold one of these or begin with zeros, which JSON does not.
        return bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] ? throw new FormatException(path, -1, "is UTF-16, not UTF-8", Cure) : 0;
    }
}
