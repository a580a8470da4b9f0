namespace Attune.Training.Optimizers;

/// <summary>Adam's two decay rates: of the mean of gradients and of the mean of their squares.</summary>
internal readonly record struct Betas(double First, double Second)
{
    public static Betas Read(Arguments arguments)
    {
        IReadOnlyList<double?>? pair = arguments.Numbers("betas", 2);
        var betas = pair is null ? new Betas(0.9, 0.999) : new Betas(pair[0] ?? 0.9, pair[1] ?? 0.999);
        return betas.First is >= 0 and < 1 && betas.Second is >= 0 and < 1 ? betas
            : throw arguments.Wrong("betas", $"must both be at least 0 and less than 1 (got {betas.First}, {betas.Second})");
    }
}
