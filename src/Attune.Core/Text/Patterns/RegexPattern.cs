namespace Attune.Text.Patterns;

/// <summary>Any regular expression that a finite automaton can run, on code points.</summary>
internal sealed class RegexPattern : IPattern, IDisposable
{
    private readonly ThreadLocal<RegexMatcher> matcher;

    public RegexPattern(string text)
    {
        RegexProgram program = RegexProgram.Compile(text);
        matcher = new ThreadLocal<RegexMatcher>(() => new RegexMatcher(program));
    }

    public void Find(ReadOnlySpan<char> text, MatchList found) => matcher.Value!.Find(text, found);

    public void Dispose() => matcher.Dispose();
}
