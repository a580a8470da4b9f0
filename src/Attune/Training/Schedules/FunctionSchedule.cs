namespace Attune.Training.Schedules;

/// <summary>A schedule that is nothing but a function.</summary>
/// <param name="learningRate">The rate of groups that name none.</param>
/// <param name="rate">The rate from the step and the group's own rate.</param>
/// <param name="momentum">The momentum from the step; null: left alone.</param>
internal sealed class FunctionSchedule(double learningRate, Func<long, double, double> rate, Func<long, double>? momentum = null) : ISchedule
{
    /// <inheritdoc/>
    public double LearningRate => learningRate;

    /// <inheritdoc/>
    public double At(long step, double learningRate) => rate(step, learningRate);

    /// <inheritdoc/>
    public double? MomentumAt(long step) => momentum?.Invoke(step);

    /// <summary>Every group's own rate times the same factor.</summary>
    public static FunctionSchedule Factor(ScheduleSettings settings, Func<long, double> factor) =>
        new(settings.LearningRate, (step, own) => own * factor(step));
}
