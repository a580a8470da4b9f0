namespace Attune.Training.Schedules;

/// <summary>torch's ExponentialLR: times <c>gamma</c> every step.</summary>
internal static class ExponentialDecay
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        double gamma = settings.Arguments.Number("gamma", 0) ?? throw settings.Arguments.Wrong("gamma", "must be set");
        return FunctionSchedule.Factor(settings, step => Math.Pow(gamma, step));
    }
}
