using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Attune.Generation;
using Attune.Models;
using Attune.Native;
using Attune.Recipes;
using Attune.Training;

namespace Attune.Benchmarks.Peers;

/// <summary>
/// Greedy generation behind random prompts as a user of the library has it, a fixed number of new tokens; timed as bench_generate.py does: a
/// run of one new token is the prompt, a run of many less that is the rest.
/// </summary>
internal static class GenerateOnce
{
    public const string Verb = "generate-once";
    public const int NewTokens = 128;

    /// <summary>Runs <see cref="Run"/> in a process of its own.</summary>
    public static Measured InProcess(Workshop shop, int batch, int prompt)
    {
        var ran = ChildProcess.Run(Workshop.Program("Attune.Benchmarks"), [Verb, shop.Model, $"{batch}", $"{prompt}"], shop.Options.Threads);
        var json = JsonElement.Parse(ran.Lines[^1].Text);
        return new Measured
        {
            TokensPerSecond = json.GetProperty("new_tokens_per_s").GetDouble(),
            PromptTokensPerSecond = json.GetProperty("prompt_tokens_per_s").GetDouble(),
            PeakRssMb = ran.PeakRssMb,
        };
    }

    /// <summary>The process.</summary>
    public static async Task<int> Run(string path, int batch, int prompt)
    {
        Libtorch.Load();
        using var model = OpenModel.Open(path, ComputeTypes.Of(Precision.Auto));
        using var engine = new Engine(model);
        var random = new Random(0);
        int[][] prompts = [.. Enumerable.Range(0, batch).Select(_ => Enumerable.Range(0, prompt).Select(_ => random.Next(1, model.Model.VocabularySize)).ToArray())];

        async Task<double> Seconds(int tokens)
        {
            long start = Stopwatch.GetTimestamp();
            var replies = await engine.GenerateAsync(prompts, new GenerationOptions { MaxNewTokens = tokens });
            return replies.All(reply => reply[0].Tokens.Count == tokens) ? Stopwatch.GetElapsedTime(start).TotalSeconds
                : throw new AttuneException(ExitCode.Internal, path, $"a reply has not the {tokens} tokens that were asked for");
        }

        await Seconds(16);
        double first = await Seconds(1), all = await Seconds(NewTokens);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $$"""{"new_tokens_per_s": {{batch * (NewTokens - 1) / (all - first):F1}}, "prompt_tokens_per_s": {{batch * prompt / first:F1}}}"""));
        return 0;
    }
}
