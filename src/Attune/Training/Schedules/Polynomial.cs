namespace Attune.Training.Schedules;

/// <summary>After the warm-up, down to <c>lr_end</c> (1e-7) along (1 - progress) to the <c>power</c> (1).</summary>
internal static class Polynomial
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        double end = settings.Arguments.Number("lr_end", 0) ?? 1e-7;
        double power = settings.Arguments.Number("power", 0) ?? 1;
        double rate = settings.LearningRate;
        long steps = settings.RequireTotalSteps();
        if (end >= rate)
        {
            throw settings.Arguments.Wrong("lr_end", $"must be less than the learning rate {rate} (got {end})");
        }

        return FunctionSchedule.Factor(settings, step => step < settings.WarmupSteps ? settings.Warmup(step)
            : step > steps ? end / rate
            : ((rate - end) * Math.Pow(1 - settings.Progress(step), power) + end) / rate);
    }
}
