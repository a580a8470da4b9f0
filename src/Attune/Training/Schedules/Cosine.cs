namespace Attune.Training.Schedules;

/// <summary>After the warm-up, down to 0 along half a cosine (<c>num_cycles</c> 0.5), or up and down along more of it.</summary>
internal static class Cosine
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        double cycles = settings.Arguments.Number("num_cycles", 0) ?? 0.5;
        settings.RequireTotalSteps();
        return FunctionSchedule.Factor(settings, step => step < settings.WarmupSteps ? settings.Warmup(step) : Wave(settings.Progress(step), cycles));
    }

    /// <summary>From 1 down to 0 and up again; <paramref name="progress"/> is not clamped, as in the reference.</summary>
    public static double Wave(double progress, double cycles) => Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * cycles * 2 * progress)));
}
