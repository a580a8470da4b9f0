namespace Attune.Metrics;

/// <summary>White space as Python's <c>str.split</c> has it: Unicode's and the four separators of ASCII.</summary>
internal static class WhiteSpace
{
    public static bool Is(char character) => char.IsWhiteSpace(character) || character is >= '\u001C' and <= '\u001F';

    /// <summary>The words between white space; none of them is empty.</summary>
    public static List<string> Split(string text)
    {
        var words = new List<string>();
        for (int i = 0, start = -1; i <= text.Length; i++)
        {
            bool isSpace = i == text.Length || Is(text[i]);
            if (isSpace && start >= 0)
            {
                words.Add(text[start..i]);
                start = -1;
            }
            else if (!isSpace && start < 0)
            {
                start = i;
            }
        }

        return words;
    }

    /// <summary>The text without white space at its end.</summary>
    public static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && Is(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }
}
