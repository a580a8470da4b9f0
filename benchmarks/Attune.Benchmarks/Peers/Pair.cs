namespace Attune.Benchmarks.Peers;

/// <summary>How the number is made that is compared with what must be reached.</summary>
internal enum Compares
{
    /// <summary>Ours over theirs.</summary>
    Ratio,

    /// <summary>Ours itself: a share.</summary>
    Ours,

    /// <summary>How far what was foretold is from what was measured.</summary>
    Foretold,
}

/// <summary>A row of the table: ours beside theirs.</summary>
/// <param name="Name">Its name in <c>--only</c>.</param>
/// <param name="Ours">Our run.</param>
/// <param name="Theirs">The peer's; null where there is none.</param>
/// <param name="Unit">Of both columns.</param>
/// <param name="Value">The number of a run that counts.</param>
/// <param name="Must">What must be reached.</param>
/// <param name="Aim">What is hoped for.</param>
internal sealed record Pair(string Name, Job Ours, Job? Theirs, string Unit, Func<Measured, double?> Value, double Must, double Aim)
{
    private const string Tokens = "tokens/s";

    /// <summary>Whether less is better.</summary>
    public bool LowerIsBetter { get; init; }

    /// <summary>How the ratio is made.</summary>
    public Compares Compares { get; init; }

    /// <summary>Whether it is a training's speed: what is asked then never goes beyond a share of the machine's peak.</summary>
    public bool IsTrainingSpeed { get; init; }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Pair> All { get; } =
    [
        Training("lora-bf16", Job.OurLora("bf16"), Job.TheirLora("bf16"), 3.5, 5),
        Training("lora-bf16-grouped", Job.OurLora("bf16"), Job.TheirLora("bf16", grouped: true), 1.6, 2.3),
        Training("lora-bf16-prototype", Job.OurLora("bf16"), Job.Prototype("bf16"), 1.0, 1.4),
        new("lora-bf16-share", Job.OurLora("bf16"), Job.TheirLora("bf16"), "of the peak", run => run.TokensPerSecond, 0.38, 0.60) { Compares = Compares.Ours },
        new("lora-bf16-memory", Job.OurLora("bf16"), Job.TheirLora("bf16"), "MiB", run => run.PeakRssMb, 0.25, 0.10) { LowerIsBetter = true },
        Training("lora-fp32", Job.OurLora("fp32"), Job.TheirLora("fp32"), 2.2, 2.8),
        Training("full-bf16", Job.OurFull("bf16"), Job.TheirFull("bf16"), 2.2, 3.5),
        Encoder("encoder-full-fp32", Job.OurEncoder("fp32", lora: false), Job.TheirEncoder("fp32", lora: false), 1.7, 2.4, isTraining: true),
        Encoder("encoder-full-bf16", Job.OurEncoder("bf16", lora: false), Job.TheirEncoder("bf16", lora: false), 2, 3.5, isTraining: true),
        Encoder("encoder-lora-fp32", Job.OurEncoder("fp32", lora: true), Job.TheirEncoder("fp32", lora: true), 1.5, 2, isTraining: true),
        Encoder("embed-fp32", Job.OurEmbedding("fp32"), Job.TheirEmbedding("fp32"), 1.0, 1.15),
        Encoder("embed-bf16", Job.OurEmbedding("bf16"), Job.TheirEmbedding("bf16"), 1.15, 1.5),
        new("generate-1", Job.OurGeneration(1, 1), Job.Llama, "new tokens/s", run => run.TokensPerSecond, 0.8, 1.1),
        new("generate-8", Job.OurGeneration(8, 256), Job.TheirGeneration(8), "new tokens/s", run => run.TokensPerSecond, 3, 5),
        new("prompt", Job.OurGeneration(1, 256), Job.TheirGeneration(1), "prompt tokens/s", run => run.PromptTokensPerSecond, 0.8, 1.2),
        new("first-step", Job.OurLora(null), Job.TheirLora(null), "s", run => run.FirstStepSeconds, 0.25, 0.15) { LowerIsBetter = true },
        new("plan-memory", Job.OurLora(null), null, "MiB", run => run.ForetoldMb, 0.10, 0.05) { LowerIsBetter = true, Compares = Compares.Foretold },
    ];

    private static Pair Training(string name, Job ours, Job theirs, double must, double aim) => new(name, ours, theirs, Tokens, run => run.TokensPerSecond, must, aim) { IsTrainingSpeed = true };

    private static Pair Encoder(string name, Job ours, Job theirs, double must, double aim, bool isTraining = false) =>
        new(name, ours, theirs, "rows/s", run => run.RowsPerSecond, must, aim) { IsTrainingSpeed = isTraining };
}
