using Attune.Recipes;
using TorchSharp;

namespace Attune.Training;

/// <summary>A step leaves no tensor behind: as many are alive after each as after the second.</summary>
public sealed class StepMemoryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("{ lora: { rank: 4, alpha: 8, dropout: 0.1, targets: all-linear } }", false)]
    [InlineData("{ lora: { rank: 4, alpha: 8, targets: all-linear } }", true)]
    [InlineData("full", false)]
    public async Task As_many_tensors_are_alive_after_every_step(string method, bool checkpointed)
    {
        string rows = folder["rows.jsonl"];
        File.WriteAllLines(rows, Enumerable.Range(1, 40).Select(i =>
            $$"""{"messages": [{"role": "user", "content": "Question {{i}}"}, {"role": "assistant", "content": "{{string.Join(' ', Enumerable.Repeat("word", i))}}"}]}"""));
        var recipe = Recipe.Parse(
            $$"""
            model: { source: builtin:tiny, precision: float32 }
            task: chat
            data: { train: {{rows}} }
            method: {{method}}
            train: { max_steps: 12, batch_size: 4, micro_batch_tokens: 64, learning_rate: 1e-3, checkpoint_activations: {{(checkpointed ? "true" : "false")}} }
            evaluate: { samples: 0 }
            output: {{folder["run"]}}
            """, names: KnownNames.All);
        var alive = new List<long>();
        await Trainer.TrainAsync(recipe, happened =>
        {
            if (happened is StepDone)
            {
                alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            }
        }, TestContext.Current.CancellationToken);
        Assert.Equal(12, alive.Count);
        Assert.All(alive.Skip(2), count => Assert.Equal(alive[1], count));
    }
}
