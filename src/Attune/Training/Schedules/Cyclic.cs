namespace Attune.Training.Schedules;

/// <summary>
/// torch's CyclicLR: between <c>base_lr</c> and <c>max_lr</c> in triangles, whose height stays (<c>triangular</c>), halves (<c>triangular2</c>)
/// or shrinks by <c>gamma</c> a step (<c>exp_range</c>); the momentum goes the other way.
/// </summary>
internal static class Cyclic
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        Arguments arguments = settings.Arguments;
        double low = arguments.Number("base_lr", 0) ?? throw arguments.Wrong("base_lr", "must be set");
        double high = arguments.Number("max_lr", 0) ?? settings.LearningRate;
        double up = arguments.Integer("step_size_up", 1) ?? 2000;
        double down = arguments.Integer("step_size_down", 1) ?? up;
        string mode = arguments.Word("mode", "triangular", "triangular2", "exp_range");
        double gamma = arguments.Number("gamma", 0) ?? 1;
        bool momentum = arguments.Flag("cycle_momentum", true);
        double leastMomentum = arguments.Number("base_momentum", 0, 1) ?? 0.8;
        double mostMomentum = arguments.Number("max_momentum", 0, 1) ?? 0.9;

        double Height(long step)
        {
            double cycle = Math.Floor(1 + step / (up + down));
            double x = 1 + step / (up + down) - cycle;
            double rising = up / (up + down);
            double height = x <= rising ? x / rising : (x - 1) / (rising - 1);
            return height * mode switch { "triangular2" => 1 / Math.Pow(2, cycle - 1), "exp_range" => Math.Pow(gamma, step), _ => 1 };
        }

        return new FunctionSchedule(settings.LearningRate,
            (step, _) => low + (high - low) * Height(step),
            momentum ? step => mostMomentum - (mostMomentum - leastMomentum) * Height(step) : null);
    }
}
