namespace Attune.Training.Schedules;

/// <summary>After the warm-up, down to 0 along half a cosine <c>num_cycles</c> times (1), from the full rate each time.</summary>
internal static class CosineWithRestarts
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        double cycles = settings.Arguments.Number("num_cycles", 0) ?? 1;
        settings.RequireTotalSteps();
        return FunctionSchedule.Factor(settings, step =>
        {
            if (step < settings.WarmupSteps)
            {
                return settings.Warmup(step);
            }

            double progress = settings.Progress(step);
            return progress >= 1 ? 0 : Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * (cycles * progress % 1))));
        });
    }
}
