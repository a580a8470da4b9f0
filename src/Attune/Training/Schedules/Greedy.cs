namespace Attune.Training.Schedules;

/// <summary>
/// transformers' GreedyLR: the rate climbs by 1 / <c>factor</c> (0.95) while the metric keeps improving and falls by <c>factor</c> while it does not,
/// within <c>min_lr</c> (1e-3) and <c>max_lr</c> (1). A group with a rate of its own keeps its proportion to the run's.
/// </summary>
internal sealed class Greedy : IMetricSchedule
{
    private readonly Improvement improvement;
    private readonly double factor;
    private readonly double least;
    private readonly double most;
    private readonly double smallest;
    private readonly long patience;
    private readonly long cooldown;
    private readonly long warmup;
    private readonly long window;
    private readonly long resetAfter;
    private readonly bool smooth;
    private List<double> recent = [];
    private double recentSum;
    private double rate;
    private double best;
    private double good;
    private double bad;
    private double cooling;
    private double warming;
    private double untilReset;

    private Greedy(ScheduleSettings settings)
    {
        Arguments arguments = settings.Arguments;
        LearningRate = settings.LearningRate;
        improvement = Improvement.Read(arguments, 1e-6, "abs", "rel");
        factor = arguments.Number("factor", 0, 1, exclusive: true) ?? 0.95;
        patience = arguments.Integer("patience") ?? 10;
        cooldown = arguments.Integer("cooldown") ?? 0;
        warmup = arguments.Integer("warmup") ?? 0;
        least = arguments.Number("min_lr", 0) ?? 1e-3;
        most = arguments.Number("max_lr", 0) ?? 1;
        smallest = arguments.Number("eps", 0) ?? 1e-8;
        smooth = arguments.Flag("smooth", false);
        window = arguments.Integer("window_size", 1) ?? 50;
        resetAfter = arguments.Integer("reset_start") ?? 500;
        Restart();
    }

    /// <inheritdoc/>
    public double LearningRate { get; }

    public static ISchedule Create(ScheduleSettings settings) => new Greedy(settings);

    /// <inheritdoc/>
    public double At(long step, double learningRate) => learningRate == LearningRate ? rate : rate * (learningRate / LearningRate);

    /// <inheritdoc/>
    public void Report(double metric)
    {
        double value = smooth ? Average(metric) : metric;
        if (cooling > 0 || warming > 0)
        {
            // One wait at a time: the cool-down first.
            (cooling, warming) = cooling > 0 ? (cooling - 1, warming) : (cooling, warming - 1);
            good = bad = 0;
            return;
        }

        if (improvement.IsBetter(value, best))
        {
            best = value;
            good++;
            bad = 0;
        }
        else
        {
            bad++;
            good = 0;
        }

        if (good > patience)
        {
            double next = Math.Min(rate / factor, most);
            rate = next - rate > smallest ? next : rate;
            untilReset = resetAfter;
            warming = warmup;
            good = 0;
        }
        else if (bad > patience)
        {
            Reduce();
            cooling = cooldown;
            bad = 0;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Save() => new Dictionary<string, IReadOnlyList<double>>
    {
        ["rate"] = [rate],
        ["best"] = [best],
        ["good"] = [good],
        ["bad"] = [bad],
        ["cooling"] = [cooling],
        ["warming"] = [warming],
        ["until_reset"] = [untilReset],
        ["recent"] = [.. recent],
        ["recent_sum"] = [recentSum],
    };

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, IReadOnlyList<double>> state)
    {
        (rate, best, good, bad) = (state.Number("rate"), state.Number("best"), state.Number("good"), state.Number("bad"));
        (cooling, warming, untilReset) = (state.Number("cooling"), state.Number("warming"), state.Number("until_reset"));
        (recent, recentSum) = ([.. state.List("recent")], state.Number("recent_sum"));
    }

    private void Reduce()
    {
        double next = Math.Max(rate * factor, least);
        rate = rate - next > smallest ? next : rate;
        if (rate <= least && --untilReset <= 0)
        {
            Restart();
        }
    }

    private void Restart()
    {
        rate = LearningRate;
        best = improvement.Worst;
        good = bad = cooling = warming = 0;
        untilReset = resetAfter;
        recent = [];
        recentSum = 0;
    }

    private double Average(double metric)
    {
        recent.Add(metric);
        recentSum += metric;
        if (recent.Count > window)
        {
            recentSum -= recent[0];
            recent.RemoveAt(0);
        }

        return recentSum / recent.Count;
    }
}
