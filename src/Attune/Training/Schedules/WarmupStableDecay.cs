namespace Attune.Training.Schedules;

/// <summary>
/// Up from <c>min_lr_ratio</c> (0), level, and down to it again over <c>num_decay_steps</c>; <c>warmup_type</c> and <c>decay_type</c>
/// are <c>linear</c>, <c>cosine</c> or <c>1-sqrt</c>.
/// </summary>
internal static class WarmupStableDecay
{
    public static ISchedule Create(ScheduleSettings settings)
    {
        Arguments arguments = settings.Arguments;
        long decay = arguments.Integer("num_decay_steps") ?? throw arguments.Wrong("num_decay_steps", "must be set");
        long warmup = settings.WarmupSteps;
        long stable = arguments.Integer("num_stable_steps") ?? settings.RequireTotalSteps() - warmup - decay;
        string rise = arguments.Word("warmup_type", "linear", "cosine", "1-sqrt");
        string fall = arguments.Word("decay_type", "cosine", "linear", "1-sqrt");
        double least = arguments.Number("min_lr_ratio", 0, 1) ?? 0;
        double cycles = arguments.Number("num_cycles", 0) ?? 0.5;
        if (stable < 0)
        {
            throw arguments.Wrong("num_decay_steps", $"({decay}) and the warm-up ({warmup}) are longer than the run");
        }

        return FunctionSchedule.Factor(settings, step =>
        {
            if (step < warmup)
            {
                double p = (double)step / Math.Max(1, warmup);
                return Math.Max(0, (rise switch { "linear" => p, "cosine" => 0.5 * (1 - Math.Cos(Math.PI * p)), _ => 1 - Math.Sqrt(1 - p) }) * (1 - least) + least);
            }

            if (step < warmup + stable)
            {
                return 1;
            }

            if (step < warmup + stable + decay)
            {
                double p = (double)(step - warmup - stable) / Math.Max(1, decay);
                return Math.Max(0, (fall switch { "linear" => 1 - p, "cosine" => 0.5 * (1 + Math.Cos(Math.PI * cycles * 2 * p)), _ => 1 - Math.Sqrt(p) }) * (1 - least) + least);
            }

            return least;
        });
    }
}
