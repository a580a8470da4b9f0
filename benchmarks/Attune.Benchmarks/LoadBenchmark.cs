using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Attune.Text;

namespace Attune.Benchmarks;

/// <summary>First load of a tokenizer of 150,000 tokens in a fresh process, the runtime's start excluded, beside the tokenizers library's.</summary>
internal static class LoadBenchmark
{
    public const string OneVerb = "load-once";

    private const int Tokens = 150_000;
    private const int Repeats = 7;

    public static int Run(string shared, Figures figures)
    {
        string file = Path.Combine(Path.GetTempPath(), $"attune-benchmark-{Environment.ProcessId}-tokenizer.json");
        try
        {
            GeneratedTokenizer.Write(file, Tokens);
            (double ours, double theirs) = (double.MaxValue, double.MaxValue);
            for (int i = 0; i < Repeats; i++)
            {
                theirs = Math.Min(theirs, Seconds(Figures.OfProcess(Path.Combine(shared, "python", "run"), Path.Combine(AppContext.BaseDirectory, "load.py"), file)));
                ours = Math.Min(ours, Seconds(Figures.OfProcess(Path.Combine(AppContext.BaseDirectory, "Attune.Benchmarks"), OneVerb, file)));
            }

            double load = Figures.Load;
            figures.Say($"first load of {Tokens} tokens ({new FileInfo(file).Length / 1e6:F1} MB): {ours * 1e3:F0} ms; tokenizers {theirs * 1e3:F0} ms: ratio {theirs / ours:F2}; load {load:F1}",
                new { benchmark = "load", tokens = Tokens, seconds = ours, reference_seconds = theirs, ratio = theirs / ours, load });
            return 0;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The fresh process: loads once and prints how long that took.</summary>
    public static int Once(string file)
    {
        long start = Stopwatch.GetTimestamp();
        int tokens = Tokenizer.FromFile(file).VocabularySize;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"seconds": {{seconds:R}}, "tokens": {{tokens}}}"""));
        return 0;
    }

    private static double Seconds(JsonElement json) => json.GetProperty("tokens").GetInt32() == Tokens ? json.GetProperty("seconds").GetDouble()
        : throw new AttuneException(ExitCode.Internal, null, $"{json.GetProperty("tokens")} tokens were loaded, not {Tokens}");
}
