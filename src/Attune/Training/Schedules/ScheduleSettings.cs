namespace Attune.Training.Schedules;

/// <summary>What a schedule is made from.</summary>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Arguments">Its own settings.</param>
/// <param name="LearningRate">The rate of groups that name none.</param>
/// <param name="WarmupSteps">Steps of warm-up.</param>
/// <param name="TotalSteps">Steps of the run; null: not known.</param>
internal sealed record ScheduleSettings(string Name, Arguments Arguments, double LearningRate, long WarmupSteps, long? TotalSteps)
{
    /// <summary>Steps of the run, for a schedule that cannot do without.</summary>
    public long RequireTotalSteps() => TotalSteps ?? throw new AttuneException(ExitCode.Usage, null,
        $"the schedule {Name} needs to know the number of steps", "set train.steps or train.epochs");

    /// <summary>The usual warm-up: from 0 to 1 over the warm-up steps.</summary>
    public double Warmup(long step) => (double)step / Math.Max(1, WarmupSteps);

    /// <summary>How much of what follows the warm-up is done: 0 at its end, 1 at the run's end, not clamped.</summary>
    public double Progress(long step) => (double)(step - WarmupSteps) / Math.Max(1, RequireTotalSteps() - WarmupSteps);
}
