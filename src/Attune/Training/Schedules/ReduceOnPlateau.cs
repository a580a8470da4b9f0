namespace Attune.Training.Schedules;

/// <summary>
/// torch's ReduceLROnPlateau: times <c>factor</c> (0.1), not below <c>min_lr</c> (0), after more than <c>patience</c> (10) reports without
/// a better one; then <c>cooldown</c> (0) reports do not count. A reduction by <c>eps</c> (1e-8) or less is not made.
/// </summary>
internal sealed class ReduceOnPlateau : IMetricSchedule
{
    private readonly Improvement improvement;
    private readonly double factor;
    private readonly double least;
    private readonly double smallest;
    private readonly long patience;
    private readonly long cooldown;
    private double best;
    private double bad;
    private double cooling;
    private double reductions;

    private ReduceOnPlateau(ScheduleSettings settings)
    {
        Arguments arguments = settings.Arguments;
        LearningRate = settings.LearningRate;
        improvement = Improvement.Read(arguments, 1e-4, "rel", "abs");
        factor = arguments.Number("factor", 0, 1, exclusive: true) ?? 0.1;
        patience = arguments.Integer("patience") ?? 10;
        cooldown = arguments.Integer("cooldown") ?? 0;
        least = arguments.Number("min_lr", 0) ?? 0;
        smallest = arguments.Number("eps", 0) ?? 1e-8;
        best = improvement.Worst;
    }

    /// <inheritdoc/>
    public double LearningRate { get; }

    public static ISchedule Create(ScheduleSettings settings) => new ReduceOnPlateau(settings);

    /// <inheritdoc/>
    public double At(long step, double learningRate)
    {
        double rate = learningRate;
        for (int made = 0; made < reductions; made++)
        {
            double next = Math.Max(rate * factor, least);
            if (rate - next <= smallest)
            {
                break;
            }

            rate = next;
        }

        return rate;
    }

    /// <inheritdoc/>
    public void Report(double metric)
    {
        if (improvement.IsBetter(metric, best))
        {
            best = metric;
            bad = 0;
        }
        else
        {
            bad++;
        }

        if (cooling > 0)
        {
            cooling--;
            bad = 0;
        }

        if (bad > patience)
        {
            reductions++;
            cooling = cooldown;
            bad = 0;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Save() => new Dictionary<string, IReadOnlyList<double>>
    {
        ["best"] = [best],
        ["bad"] = [bad],
        ["cooling"] = [cooling],
        ["reductions"] = [reductions],
    };

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, IReadOnlyList<double>> state) =>
        (best, bad, cooling, reductions) = (state.Number("best"), state.Number("bad"), state.Number("cooling"), state.Number("reductions"));
}
