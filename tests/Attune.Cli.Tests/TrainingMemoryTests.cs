using System.Text.Json;

namespace Attune.Cli;

/// <summary>The memory of a process that trains does not grow with its steps.</summary>
public sealed class TrainingMemoryTests : IDisposable
{
    private const long Noise = 16L << 20;

    // The heaps of the runtime and of glibc find their size in the first sixty steps or so.
    private const int WarmUp = 100;
    private const int Steps = 220;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Resident_memory_stays_once_the_heaps_have_found_their_size()
    {
        File.WriteAllLines(folder["rows.jsonl"], Enumerable.Range(1, 64).Select(i =>
            $$"""{"messages": [{"role": "user", "content": "Question {{i}}"}, {"role": "assistant", "content": "{{string.Join(' ', Enumerable.Repeat("word", 60))}}"}]}"""));
        File.WriteAllText(folder["recipe.yaml"], $$"""
            model: { source: builtin:tiny, precision: float32 }
            task: chat
            data: { train: rows.jsonl }
            method: { lora: { rank: 8, alpha: 16, targets: all-linear } }
            train: { max_steps: {{Steps}}, batch_size: 8, learning_rate: 1e-3 }
            evaluate: { samples: 0 }
            output: run
            """);
        var ran = await AttuneProgram.RunAsync(folder.Path, "train", "recipe.yaml", "--json");
        Assert.True(ran.ExitCode == 0, ran.Error);
        long[] resident = [.. ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))
            .Where(happened => happened.GetProperty("event").GetString() == "step").Select(step => step.GetProperty("resident_bytes").GetInt64())];
        Assert.Equal(Steps, resident.Length);
        long early = resident[WarmUp..(WarmUp + 20)].Max(), late = resident[^10..].Max();
        Assert.True(late <= early + Noise, $"{early >> 20} MiB after step {WarmUp}, {late >> 20} MiB after the last ten");
    }
}
