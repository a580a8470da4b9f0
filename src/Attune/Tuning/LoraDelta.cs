using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>y + s (dropout(x) A' B' + b) on a projection: two thin products, the second added to the base's output in place.</summary>
internal sealed class LoraDelta : TrainedDelta, IDelta
{
    private readonly Tensor a;
    private readonly Tensor b;
    private readonly Tensor? bias;
    private readonly double scale;
    private readonly double dropout;
    private readonly bool transposed;

    /// <summary>Creates the delta; it owns the tensors.</summary>
    /// <param name="a">[rank, in], float32.</param>
    /// <param name="b">[out, rank], float32.</param>
    /// <param name="bias">[out]; null: none.</param>
    /// <param name="scale">alpha / rank, or alpha / sqrt(rank).</param>
    /// <param name="dropout">The probability that an input is dropped in training.</param>
    /// <param name="transposed">Whether the layer's weight lies as [in, out].</param>
    public LoraDelta(Tensor a, Tensor b, Tensor? bias, double scale, double dropout, bool transposed)
    {
        this.a = Leaf(a);
        this.b = Leaf(b);
        this.bias = bias is null ? null : Leaf(bias);
        this.scale = scale;
        this.dropout = dropout;
        this.transposed = transposed;
        Tensors = [("lora_A.weight", a), ("lora_B.weight", b), .. bias is null ? Array.Empty<(string, Tensor)>() : [("lora_B.bias", bias)]];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Tensor)> Tensors { get; }

    /// <summary>The same as <see cref="Forward"/> by TorchSharp's own operators: for inference, several adapters at once, and as its twin in tests.</summary>
    public override Tensor Add(Tensor input, Tensor output)
    {
        var type = output.dtype;
        var kept = Training && dropout > 0 ? nn.functional.dropout(input, dropout, true) : input;
        var low = nn.functional.linear(kept, Precision.As(a, type));
        return WithBias(output.addmm_(low, Precision.As(b, type).t(), beta: 1, alpha: (float)scale));
    }

    /// <inheritdoc/>
    public Tensor Forward(Projection projection, Tensor input) => is_grad_enabled() && a.requires_grad && !projection.Weight.RequiresGrad
        ? WithBias(LoraFunction.Of(projection, input, a, b, scale, Training ? dropout : 0)) : Add(input, projection.ForwardBase(input));

    /// <inheritdoc/>
    public override Tensor WeightChange()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var change = b.mm(a).mul_(scale);
        return (transposed ? change.t() : change).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override bool ChangesBias => bias is not null;

    /// <inheritdoc/>
    public override Tensor? BiasChange() => bias?.detach().mul(scale);

    private Tensor WithBias(Tensor output) => bias is null ? output : output.add_(Precision.As(bias, output.dtype), alpha: scale);
}
