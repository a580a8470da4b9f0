namespace Attune.Training.Schedules;

/// <summary>torch's ConstantLR: <c>factor</c> (1/3) of the rate for the first <c>total_iters</c> (5) steps, all of it after them.</summary>
internal static class ConstantStart
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        double factor = settings.Arguments.Number("factor", 0, 1) ?? 1.0 / 3;
        long steps = settings.Arguments.Integer("total_iters") ?? 5;
        return FunctionSchedule.Factor(settings, step => step < steps ? factor : 1);
    }
}
