using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Attune.Generation;
using Attune.Models;
using Attune.Native;
using TorchSharp;

namespace Attune.Benchmarks.Peers;

/// <summary>Embedding texts as a user of the library has it, from text to numbers, after two batches that do not count, as bench_encoder.py has it.</summary>
internal static class EmbedOnce
{
    public const string Verb = "embed-once";

    /// <summary>Runs <see cref="Run"/> in a process of its own.</summary>
    public static Measured InProcess(Workshop shop, string precision)
    {
        var encoders = shop.Encoders;
        var ran = ChildProcess.Run(Workshop.Program("Attune.Benchmarks"), [Verb, encoders.Model, encoders.Texts, precision], shop.Options.Threads);
        return new Measured { RowsPerSecond = JsonElement.Parse(ran.Lines[^1].Text).GetProperty("rows_per_s").GetDouble(), PeakRssMb = ran.PeakRssMb };
    }

    /// <summary>The process.</summary>
    public static int Run(string path, string textsFile, string precision)
    {
        Libtorch.Load();
        string[] texts = JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(textsFile))!;
        using var model = OpenModel.Open(path, precision == "bf16" ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32);
        using var generator = new AttuneEmbeddingGenerator(model);
        generator.Embed(texts[..(2 * EncoderShop.BatchSize)]);
        long start = Stopwatch.GetTimestamp();
        int done = generator.Embed(texts).Count;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"rows_per_s": {{done / Stopwatch.GetElapsedTime(start).TotalSeconds:F1}}}"""));
        return 0;
    }
}
