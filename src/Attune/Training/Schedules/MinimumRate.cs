namespace Attune.Training.Schedules;

/// <summary>The least rate of the cosine schedules that have one, as a share of the run's rate: <c>min_lr_rate</c>, or <c>min_lr</c> / rate.</summary>
internal static class MinimumRate
{
    public static double Read(ScheduleSettings settings)
    {
        double? rate = settings.Arguments.Number("min_lr", 0);
        double? share = settings.Arguments.Number("min_lr_rate", 0);
        return (rate, share) switch
        {
            (not null, null) => rate.Value / settings.LearningRate,
            (null, not null) => share.Value,
            _ => throw settings.Arguments.Wrong("min_lr", "or min_lr_rate must be set, and not both"),
        };
    }
}
