using System.Text.Json;

namespace Attune.Benchmarks.Peers;

/// <summary>The peers' scripts, each of which prints what it measured as a JSON object in its last line.</summary>
internal static class PeerScript
{
    public static Measured Train(Workshop shop, string script, IEnumerable<string> arguments)
    {
        var json = Run(shop, script, [.. arguments, "--steps", $"{shop.Options.Steps}", "--rows", shop.Options.RowsFile, "--max-tokens", $"{TrainingRows.MaxTokens}"]);
        return new Measured
        {
            TokensPerSecond = json.GetProperty("tokens_per_s").GetDouble(),
            PeakGflops = json.GetProperty("gemm_peak_gflops").GetDouble(),
            PeakRssMb = json.GetProperty("peak_rss_mb").GetDouble(),
            FirstStepSeconds = json.GetProperty("time_to_first_step_s").GetDouble(),
        };
    }

    public static Measured Encoder(Workshop shop, IEnumerable<string> arguments)
    {
        var json = Run(shop, "bench_encoder.py", [.. arguments, "--steps", $"{shop.Encoders.Steps}", "--batch", $"{EncoderShop.BatchSize}"]);
        return new Measured
        {
            RowsPerSecond = json.GetProperty("rows_per_s").GetDouble(),
            TokensPerSecond = json.TryGetProperty("tokens_per_s", out var tokens) ? tokens.GetDouble() : null,
            PeakRssMb = json.GetProperty("peak_rss_mb").GetDouble(),
            FirstStepSeconds = json.GetProperty("time_to_first_step_s").GetDouble(),
        };
    }

    public static Measured Generate(Workshop shop, IEnumerable<string> arguments)
    {
        var json = Run(shop, "bench_generate.py", [.. arguments, "--new", $"{GenerateOnce.NewTokens}"]);
        return new Measured
        {
            TokensPerSecond = json.GetProperty("new_tokens_per_s").GetDouble(),
            PromptTokensPerSecond = json.GetProperty("prompt_tokens_per_s").GetDouble(),
            PeakRssMb = json.GetProperty("peak_rss_mb").GetDouble(),
        };
    }

    private static JsonElement Run(Workshop shop, string script, IEnumerable<string> arguments)
    {
        string folder = Path.Combine(Path.GetFullPath(shop.Options.Shared), "python");
        var ran = ChildProcess.Run(Path.Combine(folder, "run"), [Path.Combine(folder, script), .. arguments, "--threads", $"{shop.Options.Threads}"], shop.Options.Threads);
        return JsonElement.Parse(ran.Lines[^1].Text);
    }
}
