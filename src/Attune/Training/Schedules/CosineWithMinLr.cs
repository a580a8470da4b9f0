namespace Attune.Training.Schedules;

/// <summary>A cosine that ends at a least rate (<c>min_lr</c>, or <c>min_lr_rate</c> as a share) instead of 0.</summary>
internal static class CosineWithMinLr
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        double cycles = settings.Arguments.Number("num_cycles", 0) ?? 0.5;
        double least = MinimumRate.Read(settings);
        settings.RequireTotalSteps();
        return FunctionSchedule.Factor(settings, step => step < settings.WarmupSteps
            ? settings.Warmup(step)
            : Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * cycles * 2 * settings.Progress(step))) * (1 - least) + least));
    }
}
