namespace Attune.Training.Schedules;

/// <summary>Schedules by name: transformers' scheduler types, torch.optim.lr_scheduler's classes, and ULMFiT's slanted triangle.</summary>
public static class Schedule
{
    private static readonly Dictionary<string, Func<ScheduleSettings, ISchedule>> Makers = new()
    {
        ["constant"] = Constant.Create,
        ["constant_with_warmup"] = ConstantWithWarmup.Create,
        ["linear"] = Linear.Create,
        ["cosine"] = Cosine.Create,
        ["cosine_with_restarts"] = CosineWithRestarts.Create,
        ["cosine_with_min_lr"] = CosineWithMinLr.Create,
        ["cosine_warmup_with_min_lr"] = CosineWarmupWithMinLr.Create,
        ["polynomial"] = Polynomial.Create,
        ["inverse_sqrt"] = InverseSqrt.Create,
        ["warmup_stable_decay"] = WarmupStableDecay.Create,
        ["reduce_lr_on_plateau"] = ReduceOnPlateau.Create,
        ["greedy"] = Greedy.Create,
        ["stlr"] = SlantedTriangular.Create,
        ["OneCycleLR"] = OneCycle.Create,
        ["CyclicLR"] = Cyclic.Create,
        ["StepLR"] = StepDecay.Create,
        ["MultiStepLR"] = MultiStepDecay.Create,
        ["ExponentialLR"] = ExponentialDecay.Create,
        ["CosineAnnealingLR"] = CosineAnnealing.Create,
        ["CosineAnnealingWarmRestarts"] = CosineAnnealingWarmRestarts.Create,
        ["LinearLR"] = LinearRamp.Create,
        ["PolynomialLR"] = PolynomialDecay.Create,
        ["ConstantLR"] = ConstantStart.Create,
        ["ReduceLROnPlateau"] = ReduceOnPlateau.Create,
    };

    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyCollection<string> Names => Makers.Keys;

    /// <summary>Makes a schedule.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="arguments">Its own settings, with the names that transformers and torch use; null: all at their defaults.</param>
    /// <param name="learningRate">The rate of groups that name none; at least 0.</param>
    /// <param name="warmupSteps">Steps of warm-up; at least 0. Torch's own classes have none and refuse it.</param>
    /// <param name="totalSteps">Steps of the run; null: not known, which some schedules refuse.</param>
    /// <exception cref="AttuneException">The name, a setting or a number of steps makes no sense.</exception>
    public static ISchedule Create(string name, Arguments? arguments, double learningRate, long warmupSteps = 0, long? totalSteps = null)
    {
        if (!Makers.TryGetValue(name, out Func<ScheduleSettings, ISchedule>? make))
        {
            throw new AttuneException(ExitCode.Usage, "train.scheduler", $"there is no schedule \"{name}\"", "known are " + string.Join(", ", Names));
        }

        if (!(learningRate >= 0) || double.IsInfinity(learningRate) || warmupSteps < 0 || totalSteps < 1)
        {
            throw new AttuneException(ExitCode.Usage, "train.scheduler",
                $"the learning rate ({learningRate}) and the warm-up steps ({warmupSteps}) must be at least 0, and the steps ({totalSteps}) at least 1");
        }

        if (warmupSteps > 0 && (name == "stlr" || char.IsAsciiLetterUpper(name[0])))
        {
            throw new AttuneException(ExitCode.Usage, "train.scheduler", $"the schedule {name} has no warm-up of its own", "set the warm-up to 0");
        }

        arguments ??= Arguments.None("train.scheduler");
        ISchedule schedule = make(new ScheduleSettings(name, arguments, learningRate, warmupSteps, totalSteps));
        arguments.Finish();
        return schedule;
    }

    /// <summary>The rates that a step uses, one a group.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="learningRates">The groups' own rates.</param>
    public static double[] At(this ISchedule schedule, long step, IReadOnlyList<double> learningRates) =>
        [.. learningRates.Select(own => schedule.At(step, own))];
}
