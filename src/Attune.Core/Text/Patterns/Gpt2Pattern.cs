namespace Attune.Text.Patterns;

/// <summary>
/// GPT-2's words, without a regex engine: contractions; an optional space with letters, with numbers, or with other signs; white space,
/// whose last character is left to a word that follows.
/// </summary>
internal sealed class Gpt2Pattern : IPattern
{
    /// <summary>The pattern as it is written in files.</summary>
    public const string Text = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public void Find(ReadOnlySpan<char> text, MatchList found)
    {
        for (int i = 0; i < text.Length;)
        {
            int end = Next(text, i);
            found.Add(i, end);
            i = end;
        }
    }

    private static int Next(ReadOnlySpan<char> text, int start)
    {
        char unit = text[start];
        if (unit == '\'')
        {
            int contraction = Scan.Contraction(text, start, ignoreCase: false);
            if (contraction > start)
            {
                return contraction;
            }
        }

        int body = unit == ' ' && start + 1 < text.Length ? start + 1 : start;
        int codePoint = CodePoints.At(text, body, out int length);
        if (CodePoints.IsLetter(codePoint))
        {
            return Scan.Letters(text, body + length);
        }

        if (CodePoints.IsNumber(codePoint))
        {
            return Scan.Numbers(text, body + length, int.MaxValue);
        }

        return CodePoints.IsWhiteSpace(codePoint) ? Scan.Spaces(text, start) : Scan.Signs(text, body + length);
    }
}
