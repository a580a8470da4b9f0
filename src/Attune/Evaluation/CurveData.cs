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

    /// <summary>Makes a curve of at most <see cref="MaxPoints"/> points.</summary>
    /// <param name="values">Steps with their values, in order.</param>
    internal static IReadOnlyList<CurvePoint> Thin(IReadOnlyList<(long Step, double Value)> values) =>
        Thin([.. values.Select(one => new CurvePoint(one.Step, one.Value, one.Value, one.Value))], MaxPoints);

    /// <summary>Makes neighbours one point where there are more than wanted: their mean, with the lowest and highest of them.</summary>
    /// <param name="curve">The curve.</param>
    /// <param name="most">The most points.</param>
    internal static IReadOnlyList<CurvePoint> Thin(IReadOnlyList<CurvePoint> curve, int most)
    {
        int points = Math.Min(most, curve.Count);
        var thinned = new CurvePoint[points];
        for (int point = 0; point < points; point++)
        {
            int start = (int)((long)point * curve.Count / points), end = (int)((point + 1L) * curve.Count / points);
            var together = curve.Skip(start).Take(end - start);
            thinned[point] = new CurvePoint(curve[end - 1].Step, together.Average(one => one.Value), together.Min(one => one.Low), together.Max(one => one.High));
        }

        return thinned;
    }
}
