namespace Attune.Training.Schedules;

/// <summary>torch's MultiStepLR: times <c>gamma</c> (0.1) at each of the <c>milestones</c>.</summary>
internal static class MultiStepDecay
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        double[] milestones = [.. (settings.Arguments.Numbers("milestones") ?? throw settings.Arguments.Wrong("milestones", "must be set")).Select(at => at ?? 0)];
        double gamma = settings.Arguments.Number("gamma", 0) ?? 0.1;
        return FunctionSchedule.Factor(settings, step => Math.Pow(gamma, milestones.Count(at => at <= step)));
    }
}
