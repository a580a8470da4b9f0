using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Rotary position embedding (Su et al. 2021) in the half-split layout of transformers: cosines and sines of one forward pass, shared by its layers.</summary>
/// <param name="Cos">[tokens, 1, half of the head], in the computation's precision.</param>
/// <param name="Sin">As <paramref name="Cos"/>.</param>
public sealed record RotaryTables(Tensor Cos, Tensor Sin)
{
    /// <summary>Turns queries or keys.</summary>
    /// <param name="input">[tokens, heads, head size].</param>
    public Tensor Rotate(Tensor input) => is_grad_enabled() ? Function.Of(input, Cos, Sin) : RotaryKernel.Forward(input, Cos, Sin);

    /// <summary>The same by TorchSharp's own operators: the twin that tests compare with.</summary>
    internal static Tensor Plain(Tensor input, Tensor cos, Tensor sin)
    {
        var halves = input.chunk(2, -1);
        return cat([(halves[0] * cos) - (halves[1] * sin), (halves[1] * cos) + (halves[0] * sin)], -1);
    }

    /// <summary>Turning back is turning by the negative angle, so only the tables are kept.</summary>
    private sealed class Function : GradientFunction<Function>
    {
        public static Tensor Of(Tensor input, Tensor cos, Tensor sin) => Call(input, cos, sin);

        protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
        {
            var (input, cos, sin) = ((Tensor)inputs[0], (Tensor)inputs[1], (Tensor)inputs[2]);
            context.save_for_backward([cos, sin]);
            return RotaryKernel.Forward(input, cos, sin);
        }

        protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient) =>
            [RotaryKernel.Forward(gradient, saved[0], saved[1].neg()), null, null];
    }
}

/// <summary>The frequencies of rotary positions, with every <c>rope_type</c> that Llama's checkpoints use. Formulas: transformers' modeling_rope_utils; YaRN is Peng et al. 2023.</summary>
public sealed class Rotary
{
    private readonly RotarySettings settings;
    private readonly double[] frequencies;
    private readonly double attentionFactor;

    /// <summary>Computes the frequencies.</summary>
    /// <param name="settings">As in config.json.</param>
    public Rotary(RotarySettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        this.settings = settings;
        double[] plain = Plain(settings.Theta);
        (frequencies, attentionFactor) = settings.Type switch
        {
            "default" or "dynamic" => (plain, 1.0),
            "linear" => ([.. plain.Select(f => f / settings.Factor)], 1.0),
            "llama3" => ([.. plain.Select(Llama3)], 1.0),
            "yarn" => Yarn(plain),
            "longrope" => (Divided(plain, settings.ShortFactor), LongRopeFactor()),
            _ => throw new AttuneException(ExitCode.BadData, settings.Place, $"unknown rope_type \"{settings.Type}\"", "known are default, linear, dynamic, llama3, yarn and longrope"),
        };
    }

    /// <summary>Cosines and sines for these rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="type">The computation's precision.</param>
    public RotaryTables Tables(PackedRows rows, ScalarType type)
    {
        ArgumentNullException.ThrowIfNull(rows);
        double[] used = settings.Type switch
        {
            "dynamic" when rows.Longest > settings.MaxPositions => Dynamic(rows.Longest),
            "longrope" when rows.Longest > settings.OriginalMaxPositions => Divided(Plain(settings.Theta), settings.LongFactor),
            _ => frequencies,
        };
        using var scope = NewDisposeScope();
        var angles = rows.Positions.to(float32).unsqueeze(-1) * tensor(used.Select(f => (float)f).ToArray(), device: rows.Positions.device);
        var cos = Precision.As(angles.cos().mul_(attentionFactor).unsqueeze(1), type);
        var sin = Precision.As(angles.sin().mul_(attentionFactor).unsqueeze(1), type);
        return new RotaryTables(cos.MoveToOuterDisposeScope(), sin.MoveToOuterDisposeScope());
    }

    /// <summary>What each plain frequency was divided by.</summary>
    internal IReadOnlyList<double> Divisors => [.. Plain(settings.Theta).Zip(frequencies, (plain, used) => plain / used)];

    private double[] Plain(double theta)
    {
        double[] result = new double[settings.HeadSize / 2];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = 1 / Math.Pow(theta, 2.0 * i / settings.HeadSize);
        }

        return result;
    }

    private double[] Dynamic(int length)
    {
        double d = settings.HeadSize;
        return Plain(settings.Theta * Math.Pow((settings.Factor * length / settings.MaxPositions) - (settings.Factor - 1), d / (d - 2)));
    }

    private double Llama3(double f)
    {
        double wavelength = 2 * Math.PI / f;
        double smooth = Math.Clamp(((settings.OriginalMaxPositions / wavelength) - settings.LowFrequencyFactor) / (settings.HighFrequencyFactor - settings.LowFrequencyFactor), 0, 1);
        return ((1 - smooth) * f / settings.Factor) + (smooth * f);
    }

    private double[] Divided(double[] plain, IReadOnlyList<double> divisors) => divisors.Count == plain.Length && divisors.All(divisor => divisor > 0)
        ? [.. plain.Zip(divisors, (frequency, divisor) => frequency / divisor)]
        : throw new AttuneException(ExitCode.BadData, settings.Place, $"short_factor and long_factor must be {plain.Length} numbers above 0 each", "fetch the model's files again");

    // Ding et al. 2024, as transformers has it: grown by how much longer the rows may be than those that the model began with.
    private double LongRopeFactor() => settings.AttentionFactor
        ?? (settings.Factor <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(settings.Factor) / Math.Log(settings.OriginalMaxPositions))));

    private (double[] Frequencies, double AttentionFactor) Yarn(double[] plain)
    {
        double d = settings.HeadSize;
        double Bound(double beta) => d * Math.Log(settings.OriginalMaxPositions / (beta * 2 * Math.PI)) / (2 * Math.Log(settings.Theta));
        double low = Bound(settings.BetaFast), high = Bound(settings.BetaSlow);
        if (settings.Truncate)
        {
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        }

        (low, high) = (Math.Max(low, 0), Math.Min(high, d - 1));
        high = low == high ? high + 0.001 : high;
        double[] result = [.. plain.Select((f, i) =>
        {
            double ramp = Math.Clamp((i - low) / (high - low), 0, 1);
            return (f / settings.Factor * ramp) + (f * (1 - ramp));
        })];
        double MScale(double scale) => settings.Factor <= 1 ? 1 : (0.1 * scale * Math.Log(settings.Factor)) + 1;
        double factor = settings.AttentionFactor
            ?? (settings is { MScale: > 0, MScaleAllDim: > 0 } ? MScale(settings.MScale.Value) / MScale(settings.MScaleAllDim.Value) : MScale(1));
        return (result, factor);
    }
}

/// <summary>What config.json says of rotary positions, under its own names.</summary>
public sealed record RotarySettings
{
    /// <summary>Where this stands, for messages.</summary>
    public required string Place { get; init; }

    /// <summary>The part of a head that is turned.</summary>
    public required int HeadSize { get; init; }

    /// <summary><c>rope_theta</c>.</summary>
    public double Theta { get; init; } = 10000;

    /// <summary><c>rope_type</c>.</summary>
    public string Type { get; init; } = "default";

    /// <summary><c>factor</c>.</summary>
    public double Factor { get; init; } = 1;

    /// <summary><c>max_position_embeddings</c>.</summary>
    public int MaxPositions { get; init; } = 2048;

    /// <summary><c>original_max_position_embeddings</c>.</summary>
    public double OriginalMaxPositions { get; init; } = 2048;

    /// <summary><c>low_freq_factor</c>.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary><c>high_freq_factor</c>.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary><c>beta_fast</c>.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary><c>beta_slow</c>.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary><c>mscale</c>.</summary>
    public double? MScale { get; init; }

    /// <summary><c>mscale_all_dim</c>.</summary>
    public double? MScaleAllDim { get; init; }

    /// <summary><c>attention_factor</c>.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary><c>short_factor</c>: what each frequency is divided by in rows of up to <see cref="OriginalMaxPositions"/>; one for every two of <see cref="HeadSize"/>.</summary>
    public IReadOnlyList<double> ShortFactor { get; init; } = [];

    /// <summary><c>long_factor</c>: the same in longer rows.</summary>
    public IReadOnlyList<double> LongFactor { get; init; } = [];

    /// <summary><c>truncate</c>.</summary>
    public bool Truncate { get; init; } = true;
}
