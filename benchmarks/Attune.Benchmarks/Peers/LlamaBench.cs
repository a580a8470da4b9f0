using System.Text.Json;

namespace Attune.Benchmarks.Peers;

/// <summary>llama.cpp's own benchmark on the same file: new tokens of one sequence, from an empty context on.</summary>
internal static class LlamaBench
{
    public static Measured Run(Workshop shop)
    {
        string program = Path.Combine(Path.GetFullPath(shop.Options.Shared), "python", "llama");
        var ran = ChildProcess.Run(program, ["bench", "-m", shop.Model, "-p", "0", "-n", $"{GenerateOnce.NewTokens}", "-t", $"{shop.Options.Threads}", "-r", "3", "-o", "json"], shop.Options.Threads);
        var result = JsonElement.Parse(ran.Output[ran.Output.IndexOf('[')..])[0];
        return new Measured { TokensPerSecond = result.GetProperty("avg_ts").GetDouble(), PeakRssMb = ran.PeakRssMb };
    }
}
