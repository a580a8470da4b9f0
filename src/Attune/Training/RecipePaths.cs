using Attune.Recipes;

namespace Attune.Training;

/// <summary>Full paths for a recipe's files, so that a run is taken up again from whatever folder.</summary>
internal static class RecipePaths
{
    public static Recipe Resolve(Recipe recipe) => recipe with
    {
        Model = recipe.Model with { Source = Full(recipe.Model.Source), Tokenizer = Full(recipe.Model.Tokenizer), Adapter = Full(recipe.Model.Adapter) },
        Data = recipe.Data with
        {
            Train = [.. recipe.Data.Train.Select(path => Path.GetFullPath(path))],
            Validation = [.. recipe.Data.Validation.Select(path => Path.GetFullPath(path))],
            Test = [.. recipe.Data.Test.Select(path => Path.GetFullPath(path))],
        },
        Evaluate = recipe.Evaluate with { Forgetting = Full(recipe.Evaluate.Forgetting) },
        Output = Path.GetFullPath(recipe.Output),
    };

    // What does not exist may be a name (builtin:tiny, a hub id): it stays as it is.
    private static string? Full(string? path) => path is not null && (File.Exists(path) || Directory.Exists(path)) ? Path.GetFullPath(path) : path;
}
