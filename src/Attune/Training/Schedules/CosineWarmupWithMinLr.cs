namespace Attune.Training.Schedules;

/// <summary>
/// A cosine with a least rate whose warm-up never uses a rate of 0: it starts at 1 / warm-up, or at <c>warmup_lr_rate</c>,
/// and runs one step ahead of <see cref="CosineWithMinLr"/>.
/// </summary>
internal static class CosineWarmupWithMinLr
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        double cycles = settings.Arguments.Number("num_cycles", 0) ?? 0.5;
        double? start = settings.Arguments.Number("warmup_lr_rate", 0);
        double least = MinimumRate.Read(settings);
        long warmup = settings.WarmupSteps;
        settings.RequireTotalSteps();
        return FunctionSchedule.Factor(settings, step =>
        {
            if (step < warmup)
            {
                return start is { } share ? share + (1 - share) * step / Math.Max(1, warmup - 1) : (step + 1.0) / Math.Max(1, warmup);
            }

            return Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * cycles * 2 * settings.Progress(step + 1))) * (1 - least) + least);
        });
    }
}
