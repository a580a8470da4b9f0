namespace Attune.Text.Patterns;

/// <summary>What a text is searched for.</summary>
internal interface IPattern
{
    /// <summary>Cuts the whole of <paramref name="text"/> into what matches and what lies between, in order.</summary>
    void Find(ReadOnlySpan<char> text, MatchList matches);
}

/// <summary>A stretch of a text that matches a pattern, or one between two matches.</summary>
internal readonly record struct Match(int Start, int End, bool IsMatch);
