namespace Attune.Text.Patterns;

/// <summary>Matches single code points.</summary>
internal sealed class CodePointPattern(Func<int, bool> matches) : IPattern
{
    public void Find(ReadOnlySpan<char> text, MatchList found)
    {
        for (int i = 0; i < text.Length;)
        {
            int codePoint = CodePoints.At(text, i, out int length);
            if (matches(codePoint))
            {
                found.Add(i, i + length);
            }

            i += length;
        }

        found.Finish(text.Length);
    }
}
