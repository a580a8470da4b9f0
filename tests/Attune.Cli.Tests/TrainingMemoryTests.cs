using System.Text.Json;

namespace Attune.Cli;

/// <summary>The memory of a process that trains does not grow with its steps.</summary>
public sealed class TrainingMemoryTests : IDisposable
{
    // What a leak of one state a step would come to many times over; heaps that still find their size stay below it.
    private const double BytesAStep = 192 << 10;
    private const int Steps = 240;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Resident_memory_stays_once_the_heaps_have_found_their_size()
    {
        File.WriteAllLines(folder["rows.jsonl"], Enumerable.Range(1, 64).Select(i => Row(i, 60)));
        double slope = Growth(await ResidentAsync("float32", Steps));
        Assert.True(slope < BytesAStep, $"the second half of the steps grows by {slope / 1024:F0} KiB a step");
    }

    /// <summary>Every step has other shapes. What a product compiles for each must not be kept for good; caches that are bounded are full by the second half.</summary>
    [Fact]
    public async Task Resident_memory_stays_where_every_step_has_rows_of_other_lengths()
    {
        const int Last = 320;
        File.WriteAllLines(folder["rows.jsonl"], Enumerable.Range(1, 8 * Last).Select(i => Row(i, 1 + (i * 37 % 83))));
        double slope = Growth(await ResidentAsync("bf16", Last));
        Assert.True(slope < 3 * BytesAStep, $"the second half of the steps grows by {slope / 1024:F0} KiB a step");
    }

    /// <summary>
    /// Bytes that a step adds over the second half of a run: the median of the slopes between steps a quarter of the run apart (Theil and Sen).
    /// How far and how fast a machine's heaps fill at first has no say in it, nor has a single jump.
    /// </summary>
    private static double Growth(long[] resident)
    {
        int apart = resident.Length / 4;
        double[] slopes = [.. Enumerable.Range(resident.Length / 2, resident.Length - (resident.Length / 2) - apart)
            .Select(step => (resident[step + apart] - resident[step]) / (double)apart).Order()];
        return slopes[slopes.Length / 2];
    }

    [Fact]
    public void Growth_is_that_of_the_second_half()
    {
        long[] settles = [.. Enumerable.Range(0, 200).Select(step => (300L << 20) + (Math.Min(step, 90) * (1L << 20)))];
        long[] leaks = [.. Enumerable.Range(0, 200).Select(step => (300L << 20) + (step * (200L << 10)))];
        long[] jumps = [.. Enumerable.Range(0, 200).Select(step => (300L << 20) + (step > 180 ? 20L << 20 : 0))];
        Assert.Equal((0, 200 << 10, 0), (Growth(settles), Growth(leaks), Growth(jumps)));
    }

    private static string Row(int number, int words) =>
        $$"""{"messages": [{"role": "user", "content": "Question {{number}}"}, {"role": "assistant", "content": "{{string.Join(' ', Enumerable.Repeat("word", words))}}"}]}""";

    private async Task<long[]> ResidentAsync(string precision, int steps)
    {
        File.WriteAllText(folder["recipe.yaml"], $$"""
            model: { source: builtin:tiny, precision: {{precision}} }
            task: chat
            data: { train: rows.jsonl }
            method: { lora: { rank: 8, alpha: 16, targets: all-linear } }
            train: { max_steps: {{steps}}, batch_size: 8, learning_rate: 1e-3 }
            evaluate: { samples: 0 }
            output: run
            """);
        var ran = await AttuneProgram.RunAsync(folder.Path, "train", "recipe.yaml", "--json");
        Assert.True(ran.ExitCode == 0, ran.Error);
        long[] resident = [.. ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))
            .Where(happened => happened.GetProperty("event").GetString() == "step").Select(step => step.GetProperty("resident_bytes").GetInt64())];
        Assert.Equal(steps, resident.Length);
        return resident;
    }
}
