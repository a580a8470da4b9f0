namespace Attune.Text.Models;

/// <summary>What is asked of several tokens.</summary>
internal static class ModelTokens
{
    public static bool ContainsSpecial(this Span<ModelToken> tokens, IReadOnlySet<int> special)
    {
        foreach (ModelToken token in tokens)
        {
            if (special.Contains(token.Id))
            {
                return true;
            }
        }

        return false;
    }
}
