namespace Attune.Training.Schedules;

/// <summary>torch's PolynomialLR: down to 0 over <c>total_iters</c> (5) steps, along (1 - part) to the <c>power</c> (1).</summary>
internal static class PolynomialDecay
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        double steps = settings.Arguments.Integer("total_iters", 1) ?? 5;
        double power = settings.Arguments.Number("power", 0) ?? 1;
        return FunctionSchedule.Factor(settings, step => Math.Pow(1 - Math.Min(step, steps) / steps, power));
    }
}
