using System.Text.Json.Nodes;

namespace Attune.Recipes;

/// <summary>The section <c>data.split</c>: how the rows of <c>data.train</c> are divided.</summary>
public abstract record SplitOptions
{
    private protected SplitOptions()
    {
    }

    /// <summary>The most rows of each side, the first ones.</summary>
    public SplitCaps First { get; init; } = new();

    internal abstract JsonObject ToJson();

    internal static SplitOptions? Read(OptionReader options)
    {
        string? column = options.TextOrNull("column", "The column whose value says where a row belongs; absent: fractions.");
        string trainValue = options.Text("train", "With column: its value of training rows.", "train");
        RecipeNode? validation = options.Node("validation", "The share of the rows to validate on; with column: its value of validation rows.", ShareOrText());
        RecipeNode? test = options.Node("test", "The share of the rows to test on; with column: its value of test rows.", ShareOrText());
        string? by = options.TextOrNull("by", "Without column: a column whose equal values stay on one side (a conversation's or a user's id).");
        long seed = options.Long("seed", "Without column: what chance begins with.", 0, new NumberRange(0, uint.MaxValue));
        SplitCaps first = SplitCaps.Read(options.Section("first", "The most rows of each side, the first ones."));
        if (!options.Present)
        {
            return null;
        }

        foreach (string other in column is null ? new[] { "train" } : ["by", "seed"])
        {
            if (options.Has(other))
            {
                options.Fail(other, column is null ? "needs data.split.column, whose value it is" : "must be left out where data.split.column is given");
            }
        }

        if (column is not null)
        {
            return new ColumnSplit(column)
            {
                Train = trainValue,
                Validation = validation is null ? null : options.TextOf("validation", validation),
                Test = test is null ? null : options.TextOf("test", test),
                First = first,
            };
        }

        var split = new FractionSplit
        {
            Validation = validation is null ? 0 : options.NumberIn("validation", validation, NumberRange.BelowOne) ?? 0,
            Test = test is null ? 0 : options.NumberIn("test", test, NumberRange.BelowOne) ?? 0,
            By = by,
            Seed = seed,
            First = first,
        };
        if (split.Validation + split.Test >= 1)
        {
            options.Fail("test", $"must leave rows to train on (validation and test are {split.Validation + split.Test} together)");
        }

        return split;
    }

    private static JsonObject ShareOrText() => new()
    {
        ["oneOf"] = new JsonArray(
            new JsonObject { ["type"] = "number", ["minimum"] = 0, ["exclusiveMaximum"] = 1 },
            new JsonObject { ["type"] = "string", ["minLength"] = 1 }),
    };
}

/// <summary>At random, by fractions: a row stays on its side when others are added.</summary>
public sealed record FractionSplit : SplitOptions
{
    /// <summary>The share of the rows (with <see cref="By"/>: of the groups) to validate on, from 0 to below 1. Default 0.</summary>
    public double Validation { get; init; }

    /// <summary>The share of the rows to test on, from 0 to below 1; together with <see cref="Validation"/> less than 1. Default 0.</summary>
    public double Test { get; init; }

    /// <summary>A column whose equal values stay on one side (a conversation's or a user's id); null: each row by itself.</summary>
    public string? By { get; init; }

    /// <summary>What chance begins with, from 0 to 4,294,967,295. Default 0.</summary>
    public long Seed { get; init; }

    internal override JsonObject ToJson() => new JsonObject
    {
        ["validation"] = Validation,
        ["test"] = Test,
        ["by"] = By,
        ["seed"] = Seed,
        ["first"] = First.ToJson(),
    }.WithoutNulls();
}

/// <summary>By the values of a column.</summary>
/// <param name="Column">The column's name.</param>
public sealed record ColumnSplit(string Column) : SplitOptions
{
    /// <summary>Its value of training rows. Default <c>train</c>.</summary>
    public string Train { get; init; } = "train";

    /// <summary>Its value of validation rows; null: none.</summary>
    public string? Validation { get; init; }

    /// <summary>Its value of test rows; null: none.</summary>
    public string? Test { get; init; }

    internal override JsonObject ToJson() => new JsonObject
    {
        ["column"] = Column,
        ["train"] = Train,
        ["validation"] = Validation,
        ["test"] = Test,
        ["first"] = First.ToJson(),
    }.WithoutNulls();
}

/// <summary>The section <c>data.split.first</c>: the most rows of each side, the first ones in the files' order.</summary>
public sealed record SplitCaps
{
    /// <summary>Training rows; null: all.</summary>
    public int? Train { get; init; }

    /// <summary>Validation rows; null: all.</summary>
    public int? Validation { get; init; }

    /// <summary>Test rows; null: all.</summary>
    public int? Test { get; init; }

    internal static SplitCaps Read(OptionReader options) => new()
    {
        Train = options.IntegerOrNull("train", "The most training rows.", new NumberRange(1)),
        Validation = options.IntegerOrNull("validation", "The most validation rows.", new NumberRange(1)),
        Test = options.IntegerOrNull("test", "The most test rows.", new NumberRange(1)),
    };

    internal JsonObject? ToJson()
    {
        JsonObject caps = new JsonObject { ["train"] = Train, ["validation"] = Validation, ["test"] = Test }.WithoutNulls();
        return caps.Count == 0 ? null : caps;
    }
}
