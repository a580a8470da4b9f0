using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>A kernel of a model's layer, as the model calls it: in both precisions, without gradients and with them.</summary>
public abstract class LayerBenchmark : KernelBenchmark
{
    /// <summary>What is computed in.</summary>
    [Params(ScalarType.Float32, ScalarType.BFloat16)]
    public ScalarType Precision { get; set; }

    /// <summary>Whether the backward pass follows: libtorch's own derivative of the twin, the kernel's of the kernel.</summary>
    [Params(false, true)]
    public bool Gradient { get; set; }

    /// <summary>Runs what is measured.</summary>
    /// <param name="forward">The forward pass.</param>
    /// <param name="gradient">Of its output.</param>
    /// <param name="leaves">What gradients are wanted of.</param>
    protected void Run(Func<Tensor> forward, Tensor gradient, params Tensor[] leaves)
    {
        if (Gradient)
        {
            Differentiate(forward, gradient, leaves);
        }
        else
        {
            Compute(forward);
        }
    }

    /// <summary>Numbers in this precision.</summary>
    /// <param name="shape">How many.</param>
    protected Tensor Normal(params long[] shape) => Normal(Precision, shape);

    /// <summary>Numbers in this precision whose gradient is wanted.</summary>
    /// <param name="shape">How many.</param>
    protected Tensor Leaf(params long[] shape) => Normal(shape).requires_grad_(Gradient);
}
