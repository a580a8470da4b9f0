namespace Attune.Training.Schedules;

/// <summary>torch's CosineAnnealingWarmRestarts: half a cosine over <c>T_0</c> steps, then over <c>T_mult</c> (1) times as many, and so on.</summary>
internal static class CosineAnnealingWarmRestarts
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        long first = settings.Arguments.Integer("T_0", 1) ?? throw settings.Arguments.Wrong("T_0", "must be set");
        long multiple = settings.Arguments.Integer("T_mult", 1) ?? 1;
        double least = settings.Arguments.Number("eta_min", 0) ?? 0;
        return new FunctionSchedule(settings.LearningRate, (step, own) =>
        {
            long length = first;
            long at = multiple == 1 ? step % first : step;
            while (at >= length)
            {
                at -= length;
                length *= multiple;
            }

            return least + (own - least) * (1 + Math.Cos(Math.PI * at / length)) / 2;
        });
    }
}
