using System.Diagnostics;
using Attune.Native;

namespace Attune.Benchmarks.Peers;

/// <summary>Runs both sides of every pair alternately and says how they compare.</summary>
internal sealed class PeersBenchmark : IDisposable
{
    private readonly PeersOptions options;
    private readonly Workshop shop;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly Dictionary<string, List<Measured>> runs = [];
    private readonly Dictionary<string, double> seconds = [];
    private readonly Dictionary<string, string> failures = [];
    private readonly Dictionary<string, double> peaks = [];

    private PeersBenchmark(PeersOptions options)
    {
        this.options = options;
        shop = new Workshop(options);
    }

    /// <summary>The verb: 0 only where every pair that was asked for reaches what it must.</summary>
    public static int Run(IReadOnlyList<string> arguments, bool json)
    {
        var options = PeersOptions.Parse(arguments);
        using var benchmark = new PeersBenchmark(options);
        var pairs = Pair.All.Where(pair => options.Only.Count == 0 || options.Only.Contains(pair.Name)).ToList();
        for (int round = 1; round <= options.Rounds; round++)
        {
            benchmark.Round(pairs, round);
        }

        PairResult[] results = [.. pairs.Select(benchmark.Result)];
        if (json)
        {
            Array.ForEach(results, result => Console.WriteLine(result.ToJson()));
        }
        else
        {
            Console.Write(PeersTable.Of(results, benchmark.runs, options, benchmark.peaks));
        }

        return results.All(result => result.Holds) ? 0 : 1;
    }

    public void Dispose() => shop.Dispose();

    private void Round(IReadOnlyList<Pair> pairs, int round)
    {
        var wanted = pairs.Where(pair => WhyNot(pair) is null).ToList();
        foreach (string precision in wanted.Where(pair => pair.Ours.FlopsPerToken is not null).Select(pair => PrecisionOf(pair.Ours)).Distinct())
        {
            SawPeak(precision, shop.Peak(precision));
        }

        var done = new HashSet<string>();
        foreach (var job in wanted.SelectMany(pair => new[] { pair.Ours, pair.Theirs }).OfType<Job>().Where(job => done.Add(Key(job))))
        {
            Run(job, round);
        }
    }

    private void Run(Job job, int round)
    {
        string key = Key(job), precision = PrecisionOf(job);
        if (failures.ContainsKey(key) || watch.Elapsed.TotalSeconds + seconds.GetValueOrDefault(key) > options.Minutes * 60)
        {
            return;
        }

        double begun = watch.Elapsed.TotalSeconds;
        try
        {
            var measured = job.Run(shop, precision);
            (runs.TryGetValue(key, out var list) ? list : runs[key] = []).Add(measured);
            SawPeak(precision, measured.PeakGflops ?? 0);
        }
        catch (PeerAbsentException e)
        {
            failures[key] = e.Message;
        }

        seconds[key] = watch.Elapsed.TotalSeconds - begun;
        Console.Error.WriteLine($"{watch.Elapsed:mm\\:ss}  round {round}: {key}: {(failures.TryGetValue(key, out string? failure) ? failure : $"{seconds[key]:F0} s")}");
    }

    private void SawPeak(string precision, double gflops) => peaks[precision] = Math.Max(peaks.GetValueOrDefault(precision), gflops);

    private PairResult Result(Pair pair)
    {
        string? why = WhyNot(pair);
        var (ours, theirs) = (Median(pair.Ours, pair.Value), Median(pair.Theirs, pair.Value));
        double? ourShare = Share(pair.Ours), theirShare = Share(pair.Theirs);
        if (pair.Compares == Compares.Ours)
        {
            (ours, theirs) = (ourShare, theirShare);
        }

        double? peakRss = Median(pair.Ours, run => run.PeakRssMb);
        double? ratio = pair.Compares switch
        {
            Compares.Ours => ours,
            Compares.Foretold => Math.Abs((ours / peakRss - 1) ?? double.NaN) is var off && double.IsNaN(off) ? null : off,
            _ => ours / theirs,
        };
        bool limited = pair.IsTrainingSpeed && theirShare > 0;
        return new PairResult(pair)
        {
            Ours = ours,
            Theirs = theirs,
            Ratio = ratio,
            Must = limited ? Math.Min(pair.Must, 0.50 / theirShare!.Value) : pair.Must,
            Aim = limited ? Math.Min(pair.Aim, 0.60 / theirShare!.Value) : pair.Aim,
            ShareOfPeak = ourShare,
            TheirShareOfPeak = theirShare,
            PeakRssMb = peakRss,
            TheirPeakRssMb = Median(pair.Theirs, run => run.PeakRssMb),
            FirstStepSeconds = Median(pair.Ours, run => run.FirstStepSeconds),
            TheirFirstStepSeconds = Median(pair.Theirs, run => run.FirstStepSeconds),
            Note = why ?? Failure(pair.Ours) ?? Failure(pair.Theirs) ?? (ratio is null ? "no time was left" : null),
        };
    }

    private string? WhyNot(Pair pair) => pair.Ours.Precision == "bf16" && !Processor.HasBFloat16 && !options.Only.Contains(pair.Name) ? "not measured: this processor has no bfloat16 (named with --only it is, slowly)" : null;

    private string? Failure(Job? job) => job is not null && failures.TryGetValue(Key(job), out string? failure) ? failure : null;

    private double? Share(Job? job) => job?.FlopsPerToken is double flops && peaks.TryGetValue(PrecisionOf(job), out double peak) && peak > 0
        ? Median(job, run => run.TokensPerSecond) * flops / (peak * 1e9) : null;

    private double? Median(Job? job, Func<Measured, double?> value)
    {
        double[] values = job is not null && runs.TryGetValue(Key(job), out var list) ? [.. list.Select(value).OfType<double>().Order()] : [];
        return values.Length == 0 ? null : (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    /// <summary>The same run under one name, whether a pair names its precision or leaves it to the machine.</summary>
    private static string Key(Job job) => job.Precision is null ? $"{job.Name}, {PrecisionOf(job)}" : job.Name;

    private static string PrecisionOf(Job job) => job.Precision ?? (Processor.HasBFloat16 ? "bf16" : "fp32");
}
