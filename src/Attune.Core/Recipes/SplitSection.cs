using System.Text.Json.Nodes;
using Attune.Data;

namespace Attune.Recipes;

/// <summary>The section <c>data.split</c>: shares (<c>validation: 0.1</c>), or a column's values (<c>column: split, validation: val</c>).</summary>
internal static class SplitSection
{
    public static SplitRule? Read(OptionReader options)
    {
        SplitRule defaults = new();
        string? column = options.TextOrNull("column", "The column whose value says where a row belongs; absent: shares.");
        IReadOnlyList<string> train = options.Texts("train", "With column: its values of training rows.");
        RecipeNode? validation = options.Node("validation", "The share of the rows to validate on; with column: its values of validation rows.", ShareOrTexts());
        RecipeNode? test = options.Node("test", "The share of the rows to test on; with column: its values of test rows.", ShareOrTexts());
        string? by = options.TextOrNull("by", "Without column: a column whose equal values stay on one side (a conversation's or a user's id).");
        const string seedSays = "Another seed divides otherwise (without column), and draws other samples (most, data.max_rows).";
        long seed = options.Long("seed", seedSays, defaults.Seed, new NumberRange(0, uint.MaxValue));
        SplitRule rule = new() { Column = column, GroupBy = by, Seed = seed };
        rule = Most(rule, options.Section("first", "The old name of most: a sample too, no longer the first rows."));
        rule = Most(rule, options.Section("most", "The most rows of each side: a sample, in which each label has its share."));
        if (options.Has("first") && options.Has("most"))
        {
            options.Fail("first", "is the old name of most: give one of them");
        }

        if (!options.Present)
        {
            return null;
        }

        foreach (string other in column is null ? new[] { "train" } : ["by"])
        {
            if (options.Has(other))
            {
                options.Fail(other, column is null ? "needs data.split.column, whose values it names" : "must be left out where data.split.column is given");
            }
        }

        rule = column is null
            ? rule with
            {
                Validation = validation is null ? 0 : options.NumberIn("validation", validation, NumberRange.BelowOne) ?? 0,
                Test = test is null ? 0 : options.NumberIn("test", test, NumberRange.BelowOne) ?? 0,
            }
            : rule with
            {
                TrainValues = train.Count == 0 ? defaults.TrainValues : train,
                ValidationValues = validation is null ? defaults.ValidationValues : options.TextsOf("validation", validation),
                TestValues = test is null ? defaults.TestValues : options.TextsOf("test", test),
            };
        options.Check("validation", () => new Splitter(rule));
        return rule;
    }

    public static JsonObject Write(SplitRule rule)
    {
        static JsonArray List(IEnumerable<string> values) => [.. values.Select(value => (JsonNode?)value)];
        JsonObject split = rule.Column is { } column
            ? new() { ["column"] = column, ["train"] = List(rule.TrainValues), ["validation"] = List(rule.ValidationValues), ["test"] = List(rule.TestValues) }
            : new() { ["validation"] = rule.Validation, ["test"] = rule.Test, ["by"] = rule.GroupBy, ["seed"] = rule.Seed };
        if (rule.Column is not null && rule.Seed != 0)
        {
            split["seed"] = rule.Seed;
        }

        JsonObject most = new JsonObject { ["train"] = rule.TrainMost, ["validation"] = rule.ValidationMost, ["test"] = rule.TestMost }.WithoutNulls();
        split["most"] = most.Count == 0 ? null : most;
        return split.WithoutNulls();
    }

    private static SplitRule Most(SplitRule rule, OptionReader section)
    {
        int? Of(string side) => section.IntegerOrNull(side, $"The most rows of {side}.", new NumberRange(1));
        return rule with
        {
            TrainMost = Of("train") ?? rule.TrainMost,
            ValidationMost = Of("validation") ?? rule.ValidationMost,
            TestMost = Of("test") ?? rule.TestMost,
        };
    }

    private static JsonObject ShareOrTexts() => new()
    {
        ["oneOf"] = new JsonArray(
            new JsonObject { ["type"] = "number", ["minimum"] = 0, ["exclusiveMaximum"] = 1 },
            new JsonObject { ["type"] = "string", ["minLength"] = 1 },
            new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } }),
    };
}
