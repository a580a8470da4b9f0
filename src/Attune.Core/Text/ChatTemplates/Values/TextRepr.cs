namespace Attune.Text.ChatTemplates;

/// <summary>Python's <c>repr</c> of a string: in single quotes unless there are only single quotes inside, what does not print escaped.</summary>
internal static class TextRepr
{
    public static void Write(TracedString text, TracedBuilder to, bool asciiOnly = false)
    {
        string value = text.Value;
        char quote = value.Contains('\'') && !value.Contains('"') ? '"' : '\'';
        to.Append([quote]);
        for (int i = 0; i < value.Length;)
        {
            int width = Characters.Width(value, i), codePoint = Characters.At(value, i);
            string? escape = codePoint switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when codePoint == quote => "\\" + quote,
                _ when Characters.IsPrintable(codePoint) && !(asciiOnly && codePoint > 0x7e) => null,
                < 0x100 => $"\\x{codePoint:x2}",
                < 0x10000 => $"\\u{codePoint:x4}",
                _ => $"\\U{codePoint:x8}",
            };
            if (escape is null)
            {
                to.Append(text, i, i + width);
            }
            else
            {
                to.Append(escape, text.OriginAt(i));
            }

            i += width;
        }

        to.Append([quote]);
    }
}
