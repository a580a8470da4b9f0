using Attune.Models;
using Attune.Objectives;
using Attune.Recipes;
using Attune.Training;
using Attune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Values that are computed again give the same bits; and a step keeps nothing behind.</summary>
public sealed class CheckpointedTests
{
    [Theory]
    [InlineData("llama", "lora")]
    [InlineData("llama", "full")]
    [InlineData("gpt2", "lora")]
    public void Loss_and_gradients_are_the_same_to_the_bit(string family, string method)
    {
        using var scope = NewDisposeScope();
        var kept = Gradients(family, method, checkpointed: false);
        var again = Gradients(family, method, checkpointed: true);
        Assert.Equal(kept.Count, again.Count);
        foreach (var ((name, expected), (_, actual)) in kept.Zip(again))
        {
            Assert.True(expected.equal(actual).all().ToBoolean(), $"{name} is off by {SmallModel.Off(expected, actual)}");
            Assert.True(expected.abs().max().ToDouble() > 0, $"{name} got no gradient");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_step_leaves_no_tensor_behind(bool checkpointed)
    {
        using var model = SmallModel.Llama();
        using var method = Attach(model, "lora");
        model.CheckpointActivations = checkpointed;

        // Tensors that earlier tests left to the collector would come in between.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long[] alive = new long[4];
        for (int step = 0; step < alive.Length; step++)
        {
            using (NewDisposeScope())
            {
                Loss(model).backward();
                GradientHandles.Release();
            }

            alive[step] = Tensor.TotalCount;
        }

        Assert.Equal(alive[1], alive[2]);
        Assert.Equal(alive[1], alive[3]);
    }

    private static List<(string Name, Tensor Gradient)> Gradients(string family, string name, bool checkpointed)
    {
        using var model = family == "llama" ? SmallModel.Llama() : SmallModel.Gpt2();
        using var method = Attach(model, name);
        model.CheckpointActivations = checkpointed;
        Seeds.Set(3, 5);
        var loss = Loss(model);
        loss.backward();
        GradientHandles.Release();

        // Chance goes on from where it would have been.
        List<(string, Tensor)> results = [("loss", loss.detach()), ("chance", rand([3], device: CPU))];
        results.AddRange(method.Trainable.Select(named => (named.Name, named.Tensor.grad!.clone())));
        return results;
    }

    private static ITuningMethod Attach(LanguageModel model, string name)
    {
        foreach (var (_, parameter) in model.NamedParameters().Where(named => !named.Parameter.IsTied))
        {
            parameter.Base.requires_grad_(false);
        }

        var method = TuningMethods.Create(name == "lora" ? new MethodChoice(name, (RecipeMap)YamlReader.Read("dropout: 0.2", "recipe.yaml")) : new MethodChoice(name));
        method.Attach(model, 0);
        method.Training = true;
        using var noGradient = no_grad();
        foreach (var (path, tensor) in method.Trainable.Where(named => named.Name.Contains("lora_B")))
        {
            tensor.copy_(Noise.Normal(2, path, tensor.shape, 0.3, CPU));
        }

        return method;
    }

    private static Tensor Loss(LanguageModel model)
    {
        var rows = SmallModel.Rows(9, 4, 6);
        return CrossEntropy.Loss(model.Hidden(rows), model.OutputProjection.Weight.Value, null, rows.InputIds).Sum / rows.Count;
    }
}
