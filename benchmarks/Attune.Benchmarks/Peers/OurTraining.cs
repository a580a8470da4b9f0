using System.Text.Json;
using Attune.Training;

namespace Attune.Benchmarks.Peers;

/// <summary><c>attune train</c> in a process of its own, on rows of the peer's lengths in the peer's order, checkpoint and report included.</summary>
internal static class OurTraining
{
    /// <summary>A chat model's training.</summary>
    public static Measured Run(Workshop shop, string precision, string method) => Run(shop, run => $$"""
            model: { source: {{JsonSerializer.Serialize(shop.Model)}}, precision: {{Name(precision)}} }
            task: chat
            data: { train: {{JsonSerializer.Serialize(shop.Rows)}} }
            method: {{method}}
            train:
              max_steps: {{shop.Options.Steps + 1}}
              batch_size: {{TrainingRows.BatchSize}}
              max_tokens: {{TrainingRows.MaxTokens}}
              learning_rate: 2e-4
              scheduler: constant
              max_grad_norm: 1
              seed: {{TrainingRows.Seed}}
            evaluate: { samples: 0 }
            output: {{JsonSerializer.Serialize(run)}}
            """);

    /// <summary>An encoder's training as a classifier.</summary>
    public static Measured RunEncoder(Workshop shop, string precision, string method) => Run(shop, run => $$"""
            model: { source: {{JsonSerializer.Serialize(shop.Encoders.Model)}}, precision: {{Name(precision)}} }
            task: text-classification
            data: { train: {{JsonSerializer.Serialize(shop.Encoders.Rows)}} }
            method: {{method}}
            train:
              max_steps: {{shop.Encoders.Steps + 1}}
              batch_size: {{EncoderShop.BatchSize}}
              learning_rate: 2e-5
              weight_decay: 0.01
              scheduler: constant
              max_grad_norm: 1
              seed: {{TrainingRows.Seed}}
            output: {{JsonSerializer.Serialize(run)}}
            """);

    private static Measured Run(Workshop shop, Func<string, string> recipeInto)
    {
        string run = shop.NewFolder(), recipe = run + ".yaml";
        File.WriteAllText(recipe, recipeInto(run));
        var begun = DateTimeOffset.UtcNow;
        var ran = ChildProcess.Run(Workshop.Program("attune-cli"), ["train", recipe, "--json"], shop.Options.Threads);
        var events = ran.Lines.Select(line => JsonSerializer.Deserialize(line.Text, TrainEventJson.Default.TrainEvent)!).ToList();
        var steps = events.OfType<StepDone>().ToList();

        // From the end of the first step to when the last is on disk: what lies between steps counts too.
        var from = steps[0].Time;
        var to = events.Where(happened => happened is StepDone or CheckpointSaved).Max(happened => happened.Time);
        using var plan = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run, "plan.json")));
        Directory.Delete(run, recursive: true);
        return new Measured
        {
            TokensPerSecond = steps.Skip(1).Sum(step => step.Tokens) / (to - from).TotalSeconds,

            // Of a row that gets a label, the label is what is trained.
            RowsPerSecond = steps.Skip(1).Sum(step => step.TrainedTokens) / (to - from).TotalSeconds,
            PeakGflops = events.OfType<RunStarted>().First().PeakGflops,
            PeakRssMb = ran.PeakRssMb,
            FirstStepSeconds = (from - begun).TotalSeconds,
            ForetoldMb = plan.RootElement.GetProperty("numbers").GetProperty("memory_bytes").GetInt64() / (double)(1 << 20),
        };
    }

    private static string Name(string precision) => precision == "bf16" ? "bf16" : "float32";
}
