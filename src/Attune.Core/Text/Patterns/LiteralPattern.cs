namespace Attune.Text.Patterns;

/// <summary>Matches a string.</summary>
internal sealed class LiteralPattern(string literal) : IPattern
{
    public void Find(ReadOnlySpan<char> text, MatchList found)
    {
        for (int i = 0; literal.Length > 0 && i < text.Length;)
        {
            int next = text[i..].IndexOf(literal, StringComparison.Ordinal);
            if (next < 0)
            {
                break;
            }

            found.Add(i + next, i + next + literal.Length);
            i += next + literal.Length;
        }

        found.Finish(text.Length);
    }
}
