using Attune.Native;
using Attune.Nn;
using Attune.Objectives;
using Attune.Text;
using Attune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tasks;

/// <summary>Label smoothing and z-loss count alike whether the output layer's logits are made in chunks or, where tuning added something to it, whole.</summary>
public sealed class LossOptionsTests
{
    private static readonly CrossEntropyOptions[] All = [CrossEntropyOptions.Default, new(0.2), new(0, 0.01), new(0.1, 0.003)];

    [Fact]
    public void A_language_models()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModel.Llama();
        using var batch = Batch.From([new TokenRow([.. Enumerable.Range(3, 12)], [.. Enumerable.Range(0, 12).Select(i => i > 4)])], CPU);
        float[] InOrder() => [.. All.Select(options => CausalLoss.Sum(model, batch, options).ToSingle())];
        float[] plain = InOrder();
        using var lora = LoraTests.New("rank: 2\ntargets: [lm_head]"); // Begins as no change.
        lora.Attach(model, seed: 0);
        Near(plain, InOrder());
    }

    [Fact]
    public void A_classifiers()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModel.Bert();
        using var rows = SmallModel.Rows(4, 9, 2);
        var targets = tensor(new long[] { 2, 0, 1 }, device: CPU);
        float[] InOrder() => [.. All.Select(options => ClassifierLoss.Sum(model, rows, targets, options).ToSingle())];
        float[] plain = InOrder();
        var head = model.RequireClassifier();
        using var delta = new LoraDelta(ones([1, 16], dtype: float32, device: CPU), zeros([3, 1], dtype: float32, device: CPU), null, 1, 0, transposed: false);
        head.Delta = delta;
        Near(plain, InOrder());
    }

    private static void Near(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, expected.Distinct().Count());
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f * pair.First));
    }
}
