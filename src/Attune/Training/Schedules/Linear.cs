namespace Attune.Training.Schedules;

/// <summary>After the warm-up, down to 0 in a straight line.</summary>
internal static class Linear
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        long steps = settings.RequireTotalSteps();
        double span = Math.Max(1, steps - settings.WarmupSteps);
        return FunctionSchedule.Factor(settings, step => step < settings.WarmupSteps ? settings.Warmup(step) : Math.Max(0, (steps - step) / span));
    }
}
