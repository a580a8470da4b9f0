namespace Attune.Recipes;

/// <summary>A recipe that cannot be used, with everything that is wrong with it, a line each (exit code 64).</summary>
public sealed class RecipeException : AttuneException
{
    internal RecipeException(IReadOnlyList<string> errors)
        : base(ExitCode.Usage, null, string.Join("\n", errors)) => Errors = errors;

    /// <summary>Every error, as <c>file:line:column: key must be … (got …)</c>.</summary>
    public IReadOnlyList<string> Errors { get; }
}
