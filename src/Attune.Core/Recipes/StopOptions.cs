namespace Attune.Recipes;

/// <summary>The section <c>stop</c>: when to stop early, and which checkpoint is the best.</summary>
public sealed record StopOptions
{
    /// <summary>Measurements in a row without a better one after which training stops, 1 or more; null: never early.</summary>
    public int? Patience { get; init; }

    /// <summary>What better means: <c>validation_loss</c> (lower is better).</summary>
    public string Metric { get; init; } = "validation_loss";

    /// <summary>The least difference that counts as better, 0 or more. Default 0.</summary>
    public double MinDelta { get; init; }

    internal static StopOptions Read(OptionReader options)
    {
        StopOptions defaults = new();
        return new StopOptions
        {
            Patience = options.IntegerOrNull("patience", "Measurements in a row without a better one after which training stops; absent: never early.", new NumberRange(1)),
            Metric = options.Name("metric", "What better means.", defaults.Metric, ["validation_loss"]),
            MinDelta = options.Number("min_delta", "The least difference that counts as better.", defaults.MinDelta, NumberRange.NotNegative),
        };
    }
}
