namespace Attune.Recipes;

/// <summary>The names that a recipe may use, from the registries of whoever reads it. Null: any name is allowed, unchecked.</summary>
public sealed record RecipeNames
{
    /// <summary>Nothing is checked.</summary>
    public static RecipeNames Any { get; } = new();

    /// <summary>Names of tasks.</summary>
    public IReadOnlyCollection<string>? Tasks { get; init; }

    /// <summary>Names of tuning methods, each with a function that asks for all of its options.</summary>
    public IReadOnlyDictionary<string, Action<OptionReader>>? Methods { get; init; }

    /// <summary>Names of optimizers.</summary>
    public IReadOnlyCollection<string>? Optimizers { get; init; }

    /// <summary>Names of learning-rate schedules.</summary>
    public IReadOnlyCollection<string>? Schedulers { get; init; }

    /// <summary>Names of metrics.</summary>
    public IReadOnlyCollection<string>? Metrics { get; init; }
}
