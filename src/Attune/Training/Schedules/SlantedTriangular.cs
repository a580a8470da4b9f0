namespace Attune.Training.Schedules;

/// <summary>
/// ULMFiT's slanted triangle (Howard and Ruder 2018, equation 3): a short climb over <c>cut_frac</c> (0.1) of the run from 1 / <c>ratio</c> (32)
/// of the rate, then a long way down. Where cut_frac times the steps is no integer the paper's rate would end below 0: it is held at the floor.
/// </summary>
internal static class SlantedTriangular
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        double fraction = settings.Arguments.Number("cut_frac", 0, 1, exclusive: true) ?? 0.1;
        double ratio = settings.Arguments.Number("ratio", 1) ?? 32;
        double cut = Math.Floor(settings.RequireTotalSteps() * fraction);
        return FunctionSchedule.Factor(settings, step =>
        {
            double p = step < cut ? step / cut : Math.Max(0, 1 - (step - cut) / (cut * (1 / fraction - 1)));
            return (1 + p * (ratio - 1)) / ratio;
        });
    }
}
