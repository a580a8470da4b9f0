namespace Attune.Text;

/// <summary>The lines of a vocabulary's file, as Python reads a text: they end with \n, \r\n or \r, and nothing else of them is taken away.</summary>
internal static class TextLines
{
    /// <summary>Every line without its end. What follows the last end is a line where it is not empty.</summary>
    public static List<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> text)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (text.Length > 0)
        {
            int length = text.Span.IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0)
            {
                lines.Add(text);
                break;
            }

            lines.Add(text[..length]);
            text = text[(length + (text.Span[length..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }

        return lines;
    }
}
