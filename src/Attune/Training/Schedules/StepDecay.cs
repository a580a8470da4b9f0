namespace Attune.Training.Schedules;

/// <summary>torch's StepLR: times <c>gamma</c> (0.1) every <c>step_size</c> steps.</summary>
internal static class StepDecay
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        long every = settings.Arguments.Integer("step_size", 1) ?? throw settings.Arguments.Wrong("step_size", "must be set");
        double gamma = settings.Arguments.Number("gamma", 0) ?? 0.1;
        return FunctionSchedule.Factor(settings, step => Math.Pow(gamma, step / every));
    }
}
