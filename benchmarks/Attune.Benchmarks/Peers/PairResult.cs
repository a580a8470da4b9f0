using System.Text.Json;

namespace Attune.Benchmarks.Peers;

/// <summary>What a pair came to: medians of the rounds; null what was not measured.</summary>
internal sealed record PairResult(Pair Pair)
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public double? Ours { get; init; }

    public double? Theirs { get; init; }

    public double? Ratio { get; init; }

    public double Must { get; init; }

    public double Aim { get; init; }

    public double? ShareOfPeak { get; init; }

    public double? TheirShareOfPeak { get; init; }

    public double? PeakRssMb { get; init; }

    public double? TheirPeakRssMb { get; init; }

    public double? FirstStepSeconds { get; init; }

    public double? TheirFirstStepSeconds { get; init; }

    /// <summary>Why something is missing; null where nothing is.</summary>
    public string? Note { get; init; }

    /// <summary>Whether what must be reached was measured and is reached.</summary>
    public bool Holds => Ratio is double ratio && (Pair.LowerIsBetter ? ratio <= Must : ratio >= Must);

    public bool ReachesAim => Ratio is double ratio && (Pair.LowerIsBetter ? ratio <= Aim : ratio >= Aim);

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Pair = Pair.Name,
            Ours = Round(Ours),
            Theirs = Round(Theirs),
            Pair.Unit,
            Ratio = Round(Ratio),
            Better = Pair.LowerIsBetter ? "lower" : "higher",
            Must = Round(Must),
            Aim = Round(Aim),
            ShareOfPeak = Round(ShareOfPeak),
            PeakRssMb = Round(PeakRssMb),
            FirstStepS = Round(FirstStepSeconds),
        },
        SnakeCase);

    private static double? Round(double? value) => value is double number ? Math.Round(number, 4) : null;
}
