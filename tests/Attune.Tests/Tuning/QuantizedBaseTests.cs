using Attune.Formats;
using Attune.Models;
using Attune.Native;
using Attune.Nn;
using Attune.Objectives;
using Attune.Recipes;
using Attune.Tasks;
using Attune.Text;
using Attune.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>An adapter that is trained beside weights in quantised blocks is the one that is trained beside their numbers, and the blocks stay.</summary>
public sealed class QuantizedBaseTests
{
    [Theory]
    [InlineData("Q4_0", "targets: all-linear", false, false)]
    [InlineData("Q4_1", "targets: [q_proj, down_proj]", true, false)]
    [InlineData("Q8_0", "targets: all-linear", false, true)]
    [InlineData("MXFP4", "targets: [q_proj, down_proj]", false, true)]
    [InlineData("Q5_0", "targets: all-linear\nmodules_to_save: [lm_head]", false, false)]
    public void Loss_and_gradients(string type, string options, bool tied, bool checkpoints)
    {
        using var scope = NewDisposeScope();
        var (expected, _) = Step(type, options, tied, checkpoints, blocks: false);
        var (actual, kept) = Step(type, options, tied, checkpoints, blocks: true);
        Assert.Equal(tied || options.Contains("lm_head", StringComparison.Ordinal) ? 13 : 14, kept); // A copy stands in for the head that is trained.
        Assert.Equal(expected.Count, actual.Count);
        Assert.True(expected.Count > 4);
        foreach (var (name, gradient) in expected)
        {
            Assert.True(SmallModel.Off(gradient, actual[name]) <= 1e-6 * gradient.abs().max().ToDouble(), name);
        }
    }

    [Fact]
    public async Task A_run_leaves_the_blocks_and_a_full_one_makes_numbers()
    {
        string path = TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf/SmolLM2-135M-Instruct.Q4_1.gguf");
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["rows.jsonl"], Enumerable.Range(0, 4).Select(i => $$"""{"messages": [{"role": "user", "content": "{{i}}?"}, {"role": "assistant", "content": "Yes."}]}"""));
        foreach (var (method, stays) in new[] { ("lora: { rank: 2, targets: [q_proj] }", true), ("full: {}", false) })
        {
            var recipe = Recipe.Parse($"model: {{ source: {path}, precision: float32 }}\ntask: chat\ndata: {{ train: {folder["rows.jsonl"]} }}\nmethod: {{ {method} }}\n"
                + $"train: {{ max_steps: 1 }}\noutput: {folder["run"]}\n", names: KnownNames.All);
            using var setup = await RunSetup.CreateAsync(recipe, _ => { }, TestContext.Current.CancellationToken);
            Assert.All(setup.Model.Weights.NamedParameters().Where(named => named.Parameter.Shape.Count == 2), named => Assert.Equal(stays, named.Parameter.Quantized is not null));
        }
    }

    private static (Dictionary<string, Tensor> Results, int Kept) Step(string type, string options, bool tied, bool checkpoints, bool blocks)
    {
        using var model = SmallModel.Llama(hidden: 64, tied: tied);
        model.CheckpointActivations = checkpoints;
        foreach (var (_, parameter) in model.NamedParameters().Where(named => named.Parameter is { IsTied: false, Shape: [_, var columns] } && columns % 32 == 0))
        {
            var weight = Blocks(type, parameter.Base);
            if (blocks)
            {
                parameter.Set(weight);
            }
            else
            {
                parameter.Set(weight.ToTensor());
                weight.Dispose();
            }

            parameter.Freeze();
        }

        foreach (var (_, parameter) in model.NamedParameters().Where(named => !named.Parameter.IsTied))
        {
            parameter.Freeze();
        }

        using var lora = LoraTests.New("rank: 4\n" + options);
        lora.Attach(model, seed: 1);
        LoraTests.Disturb(lora);
        using var batch = Batch.From([.. new[] { 17, 9, 30 }.Select((length, row) => new TokenRow(
            [.. Enumerable.Range(0, length).Select(i => ((7 * i) + (11 * row) + 3) % 40)], [.. Enumerable.Range(0, length).Select(i => i > 3)]))], CPU);
        var loss = CausalLoss.Sum(model, batch, CrossEntropyOptions.Default);
        loss.backward();
        var results = lora.Trainable.ToDictionary(own => own.Name, own => own.Tensor.grad!.clone());
        results["loss"] = loss.detach().clone();
        results["without gradients"] = Evaluated(model, batch);
        return (results, model.NamedParameters().Count(named => !named.Parameter.IsTied && named.Parameter.Shape.Count == 2 && named.Parameter.Quantized is not null));
    }

    private static Tensor Evaluated(LanguageModel model, Batch batch)
    {
        using var mode = no_grad();
        return CausalLoss.Sum(model, batch, CrossEntropyOptions.Default);
    }

    private static QuantizedWeight Blocks(string type, Tensor values)
    {
        var format = GgufType.Named(type);
        byte[] blocks = new byte[values.numel() / format.BlockElements * format.BlockBytes];
        format.Quantize!(TensorMemory.ToFloats(values), blocks);
        return new QuantizedWeight(tensor(blocks, device: CPU).view(values.size(0), -1), format, float32);
    }
}
