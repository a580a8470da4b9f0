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
        File.WriteAllLines(folder["rows.jsonl"], Enumerable.Range(1, 64).Select(i => Row(i, 60)));
        long[] resident = await ResidentAsync("float32", Steps);
        long early = resident[WarmUp..(WarmUp + 20)].Max(), late = resident[^10..].Max();
        Assert.True(late <= early + Noise, $"{early >> 20} MiB after step {WarmUp}, {late >> 20} MiB after the last ten");
    }

    /// <summary>Every step has other shapes. What a product compiles for each must not be kept for good: the memory would double by the last step.</summary>
    [Fact]
    public async Task Resident_memory_stays_where_every_step_has_rows_of_other_lengths()
    {
        const int First = 10, Last = 60;
        File.WriteAllLines(folder["rows.jsonl"], Enumerable.Range(1, 8 * Last).Select(i => Row(i, 1 + (i * 37 % 83))));
        long[] resident = await ResidentAsync("bf16", Last);
        long early = resident[First..(First + 5)].Max(), late = resident[^5..].Max();
        Assert.True(late <= early + (early / 5), $"{early >> 20} MiB after step {First}, {late >> 20} MiB after the last five");
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
