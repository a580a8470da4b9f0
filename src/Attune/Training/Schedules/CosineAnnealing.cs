namespace Attune.Training.Schedules;

/// <summary>torch's CosineAnnealingLR: along a cosine between the rate and <c>eta_min</c> (0), half a wave in <c>T_max</c> steps (the run's).</summary>
internal static class CosineAnnealing
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        double half = settings.Arguments.Integer("T_max", 1) ?? settings.RequireTotalSteps();
        double least = settings.Arguments.Number("eta_min", 0) ?? 0;
        return new FunctionSchedule(settings.LearningRate, (step, own) => least + (own - least) * (1 + Math.Cos(Math.PI * step / half)) / 2);
    }
}
