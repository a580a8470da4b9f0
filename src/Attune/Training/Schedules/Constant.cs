namespace Attune.Training.Schedules;

/// <summary>Always the same rate.</summary>
internal static class Constant
{
    public static ISchedule Create(ScheduleSettings settings) => FunctionSchedule.Factor(settings, _ => 1);
}
