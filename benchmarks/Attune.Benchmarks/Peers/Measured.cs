namespace Attune.Benchmarks.Peers;

/// <summary>What one run of one side came to; what it does not tell is null.</summary>
internal sealed record Measured
{
    /// <summary>Rows' own tokens that were trained on, or new tokens of all sequences, a second.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>Rows that were trained on, or embedded, a second.</summary>
    public double? RowsPerSecond { get; init; }

    /// <summary>Prompt tokens a second.</summary>
    public double? PromptTokensPerSecond { get; init; }

    /// <summary>Matrix-product peak that the run saw itself, 10^9 operations a second.</summary>
    public double? PeakGflops { get; init; }

    /// <summary>Peak resident memory of the process, MiB.</summary>
    public double? PeakRssMb { get; init; }

    /// <summary>Seconds from the start of the process to the first finished training step.</summary>
    public double? FirstStepSeconds { get; init; }

    /// <summary>Memory that the plan foretold, MiB.</summary>
    public double? ForetoldMb { get; init; }
}
