namespace Attune.Evaluation;

/// <summary>What was measured during a run, step by step.</summary>
public sealed record CurveData
{
    /// <summary>A curve has no more points than this; a longer one is thinned.</summary>
    internal const int MaxPoints = 400;

    /// <summary>The loss on the rows of each step, mean by trained token, in nats.</summary>
    public IReadOnlyList<CurvePoint> TrainLoss { get; init => field = value ?? []; } = [];

    /// <summary>The loss on the validation rows, mean by trained token, in nats.</summary>
    public IReadOnlyList<CurvePoint> ValidationLoss { get; init => field = value ?? []; } = [];

    /// <summary>The learning rate.</summary>
    public IReadOnlyList<CurvePoint> LearningRate { get; init => field = value ?? []; } = [];

    /// <summary>The gradient's norm before clipping.</summary>
    public IReadOnlyList<CurvePoint> GradNorm { get; init => field = value ?? []; } = [];

    /// <summary>Tokens per second.</summary>
    public IReadOnlyList<CurvePoint> TokensPerSecond { get; init => field = value ?? []; } = [];

    /// <summary>Makes a curve of at most <see cref="MaxPoints"/> points: neighbours become their mean, and their lowest and highest stay known.</summary>
    /// <param name="values">Steps with their values, in order.</param>
    internal static IReadOnlyList<CurvePoint> Thin(IReadOnlyList<(long Step, double Value)> values)
    {
        int points = Math.Min(MaxPoints, values.Count);
        var thinned = new CurvePoint[points];
        for (int point = 0; point < points; point++)
        {
            int start = (int)((long)point * values.Count / points), end = (int)((point + 1L) * values.Count / points);
            (double sum, double low, double high) = (0, double.PositiveInfinity, double.NegativeInfinity);
            for (int i = start; i < end; i++)
            {
                sum += values[i].Value;
                low = Math.Min(low, values[i].Value);
                high = Math.Max(high, values[i].Value);
            }

            thinned[point] = new CurvePoint(values[end - 1].Step, sum / (end - start), low, high);
        }

        return thinned;
    }
}
