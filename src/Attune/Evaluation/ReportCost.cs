namespace Attune.Evaluation;

/// <summary>What a run cost.</summary>
public sealed record ReportCost
{
    /// <summary>Seconds of training, measurements apart.</summary>
    public double TrainSeconds { get; init; }

    /// <summary>Seconds of everything.</summary>
    public double TotalSeconds { get; init; }

    /// <summary>Steps that were made.</summary>
    public long Steps { get; init; }

    /// <summary>Steps that were planned.</summary>
    public long PlannedSteps { get; init; }

    /// <summary>The step whose weights were kept.</summary>
    public long KeptStep { get; init; }

    /// <summary>Tokens that went through the model in training.</summary>
    public long Tokens { get; init; }

    /// <summary>Those of them that the loss is of.</summary>
    public long TrainedTokens { get; init; }

    /// <summary>The most memory that the process had, in bytes; 0: not known.</summary>
    public long PeakMemory { get; init; }

    /// <summary>Share of the machine's own matrix-product peak, from 0 to 1; 0: not known.</summary>
    public double PeakShare { get; init; }

    /// <summary>Where it ran: processor, cores, device.</summary>
    public string? Machine { get; init; }

    /// <summary>Tokens per second of training; 0 where no time was measured.</summary>
    public double TokensPerSecond => TrainSeconds > 0 ? Tokens / TrainSeconds : 0;
}
