namespace Attune.Recipes;

/// <summary>The section <c>evaluate</c>: what is measured before and after the training, on rows that it did not see.</summary>
public sealed record EvaluateOptions
{
    /// <summary>Short names of further metrics; empty: the task's own.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>A general text on which forgetting is measured: <c>builtin:general</c> or a text file; null: not measured.</summary>
    public string? Forgetting { get; init; }

    /// <summary>How many sample replies go into the report, 0 or more. Default 5.</summary>
    public int Samples { get; init; } = 5;

    /// <summary>The most rows to measure on, 1 or more: a sample, in which each label has its share; null: all.</summary>
    public int? MaxRows { get; init; }

    /// <summary>Resamplings for the 95 % intervals, 0 or more; 0: no intervals. Default 1,000.</summary>
    public int Bootstrap { get; init; } = 1000;

    internal static EvaluateOptions Read(OptionReader options, RecipeNames names)
    {
        EvaluateOptions defaults = new();
        return new EvaluateOptions
        {
            Metrics = options.NameList("metrics", "Further metrics besides the task's own; one or a list.", names.Metrics),
            Forgetting = options.TextOrNull("forgetting", "A general text on which forgetting is measured: builtin:general or a text file."),
            Samples = options.Integer("samples", "How many sample replies go into the report.", defaults.Samples, new NumberRange(0, 1000)),
            MaxRows = options.IntegerOrNull("max_rows", "The most rows to measure on: a sample drawn by data.split.seed, in which each label has its share.", new NumberRange(1)),
            Bootstrap = options.Integer("bootstrap", "Resamplings for the 95 % intervals; 0: no intervals.", defaults.Bootstrap, new NumberRange(0, 1_000_000)),
        };
    }
}
