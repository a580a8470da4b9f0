namespace Attune.Training.Schedules;

/// <summary>torch's LinearLR: from <c>start_factor</c> (1/3) to <c>end_factor</c> (1) over <c>total_iters</c> (5) steps, in a straight line.</summary>
internal static class LinearRamp
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        double start = settings.Arguments.Number("start_factor", 0, 1) ?? 1.0 / 3;
        double end = settings.Arguments.Number("end_factor", 0, 1) ?? 1;
        double steps = settings.Arguments.Integer("total_iters", 1) ?? 5;
        return FunctionSchedule.Factor(settings, step => start + (end - start) * Math.Min(step, steps) / steps);
    }
}
