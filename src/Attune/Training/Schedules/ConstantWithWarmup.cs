namespace Attune.Training.Schedules;

/// <summary>The same rate after a warm-up.</summary>
internal static class ConstantWithWarmup
{
    public static ISchedule Create(ScheduleSettings settings) =>
        FunctionSchedule.Factor(settings, step => step < settings.WarmupSteps ? (double)step / Math.Max(1.0, settings.WarmupSteps) : 1);
}
