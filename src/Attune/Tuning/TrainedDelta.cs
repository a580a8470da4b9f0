using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>A delta whose tensors are trained and saved.</summary>
internal abstract class TrainedDelta : IDelta, IDisposable
{
    /// <summary>Its tensors, under the names that follow the layer's path in an adapter's file (<c>lora_A.weight</c>).</summary>
    public abstract IReadOnlyList<(string Name, Tensor Tensor)> Tensors { get; }

    /// <summary>Whether dropout is on.</summary>
    public bool Training { get; set; }

    /// <inheritdoc/>
    public abstract Tensor Add(Tensor input, Tensor output);

    /// <summary>What it adds to the layer's weight, in float32 and in the weight's own layout.</summary>
    public abstract Tensor WeightChange();

    /// <summary>Whether it has a bias of its own.</summary>
    public virtual bool ChangesBias => false;

    /// <summary>What it adds to the layer's bias, in float32; null where it leaves that alone.</summary>
    public virtual Tensor? BiasChange() => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, tensor) in Tensors)
        {
            tensor.Dispose();
        }
    }

    /// <summary>A new trained tensor, which outlives every dispose scope.</summary>
    protected static Tensor Leaf(Tensor value) => value.DetachFromDisposeScope().requires_grad_(true);
}
