namespace Attune.Training.Schedules;

/// <summary>After the warm-up, as 1 / sqrt(step), over a <c>timescale</c> (the warm-up's length; 10,000 where there is none).</summary>
internal static class InverseSqrt
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        long warmup = settings.WarmupSteps;
        double timescale = settings.Arguments.Number("timescale", 0, exclusive: true) ?? (warmup > 0 ? warmup : 10_000);
        return FunctionSchedule.Factor(settings, step => step < warmup ? settings.Warmup(step) : 1 / Math.Sqrt((step - warmup + timescale) / timescale));
    }
}
