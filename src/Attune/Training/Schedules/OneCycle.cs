namespace Attune.Training.Schedules;

/// <summary>
/// torch's OneCycleLR: up to <c>max_lr</c>, down to its start, and further down; the momentum goes the other way. It sets the rate of every group,
/// whatever the group's own.
/// </summary>
internal static class OneCycle
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        Arguments arguments = settings.Arguments;
        double peak = arguments.Number("max_lr", 0) ?? settings.LearningRate;
        double steps = arguments.Integer("total_steps", 1) ?? PerEpoch(arguments) ?? settings.RequireTotalSteps();
        double share = arguments.Number("pct_start", 0, 1) ?? 0.3;
        bool line = arguments.Word("anneal_strategy", "cos", "linear") == "linear";
        bool momentum = arguments.Flag("cycle_momentum", true);
        double low = arguments.Number("base_momentum", 0, 1) ?? 0.85;
        double high = arguments.Number("max_momentum", 0, 1) ?? 0.95;
        double start = peak / (arguments.Number("div_factor", 0, exclusive: true) ?? 25);
        double end = start / (arguments.Number("final_div_factor", 0, exclusive: true) ?? 1e4);
        (double End, double From, double To, double MomentumFrom, double MomentumTo)[] phases = arguments.Flag("three_phase", false)
            ? [(share * steps - 1, start, peak, high, low), (2 * share * steps - 2, peak, start, low, high), (steps - 1, start, end, high, high)]
            : [(share * steps - 1, start, peak, high, low), (steps - 1, peak, end, low, high)];

        double Anneal(double from, double to, double part) => line ? from + (to - from) * part : to + (from - to) / 2 * (1 + Math.Cos(Math.PI * part));

        (int Phase, double Part) Find(long step)
        {
            double at = Math.Min(step, steps - 1);
            double begin = 0;
            int phase = 0;
            while (phase < phases.Length - 1 && at > phases[phase].End)
            {
                begin = phases[phase++].End;
            }

            return (phase, (at - begin) / (phases[phase].End - begin));
        }

        return new FunctionSchedule(settings.LearningRate,
            (step, _) =>
            {
                (int phase, double part) = Find(step);
                return Anneal(phases[phase].From, phases[phase].To, part);
            },
            !momentum ? null : step =>
            {
                (int phase, double part) = Find(step);
                return Anneal(phases[phase].MomentumFrom, phases[phase].MomentumTo, part);
            });
    }

    private static long? PerEpoch(Arguments arguments) => arguments.Integer("epochs", 1) * arguments.Integer("steps_per_epoch", 1);
}
