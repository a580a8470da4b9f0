namespace Attune.Text.Patterns;

/// <summary>
/// The words of GPT-4, Llama 3 and Qwen 2, without a regex engine: contractions in any case; letters with one other sign before them; up
/// to <paramref name="digits"/> numbers; an optional space with other signs and the line ends after them; white space up to the last line
/// end; white space, whose last character is left to a word that follows.
/// </summary>
internal sealed class Gpt4Pattern(int digits) : IPattern
{
    /// <summary>The pattern as it is written in files, for the count of digits that it holds.</summary>
    public static string Text(string numbers) =>
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|" + numbers + @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public void Find(ReadOnlySpan<char> text, MatchList found)
    {
        for (int i = 0; i < text.Length;)
        {
            int end = Next(text, i);
            found.Add(i, end);
            i = end;
        }
    }

    private int Next(ReadOnlySpan<char> text, int start)
    {
        int codePoint = CodePoints.At(text, start, out int length);
        if (codePoint == '\'')
        {
            int contraction = Scan.Contraction(text, start, ignoreCase: true);
            if (contraction > start)
            {
                return contraction;
            }
        }

        int after = start + length;
        if (CodePoints.IsLetter(codePoint))
        {
            return Scan.Letters(text, after);
        }

        if (CodePoints.IsNumber(codePoint))
        {
            return Scan.Numbers(text, after, digits - 1);
        }

        int following = 0;
        if (codePoint is not ('\r' or '\n') && after < text.Length)
        {
            int next = CodePoints.At(text, after, out following);
            if (CodePoints.IsLetter(next))
            {
                return Scan.Letters(text, after + following);
            }

            if (codePoint == ' ' && !CodePoints.IsWhiteSpace(next) && !CodePoints.IsNumber(next))
            {
                return Scan.LineEnds(text, Scan.Signs(text, after + following));
            }
        }

        if (!CodePoints.IsWhiteSpace(codePoint))
        {
            return Scan.LineEnds(text, Scan.Signs(text, after));
        }

        int lines = Scan.SpacesToLastLineEnd(text, start);
        return lines > start ? lines : Scan.Spaces(text, start);
    }
}
