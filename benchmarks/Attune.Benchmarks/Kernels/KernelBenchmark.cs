using Attune.Native;
using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>
/// A kernel beside its twin of TorchSharp's own operators, on the shapes of SmolLM2-135M or MiniLM-L6. (BenchmarkDotNet derives from such classes and
/// calls them: they must be public, and open.)
/// </summary>
public abstract class KernelBenchmark
{
    /// <summary>How many tokens a step of training has at once.</summary>
    protected const int Tokens = 2048;

    private readonly List<IDisposable> owned = [];
    private DisposeScope? scope;

    /// <summary>Makes the tensors; they live as long as the benchmark.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Libtorch.Load();
        random.manual_seed(7);
        scope = NewDisposeScope();
        Prepare();
    }

    /// <summary>Frees the tensors, and ends this thread's team: the next benchmark has a thread of its own, and idle teams would slow it down.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        owned.ForEach(one => one.Dispose());
        owned.Clear();
        scope?.Dispose();
        Team.Release();
    }

    /// <summary>Makes what is measured with.</summary>
    protected abstract void Prepare();

    /// <summary>Frees with the tensors what is not of their scope.</summary>
    /// <param name="one">What this owns from now on.</param>
    protected T Own<T>(T one)
        where T : IDisposable
    {
        owned.Add(one);
        return one;
    }

    /// <summary>Computes without gradients.</summary>
    /// <param name="forward">What is measured.</param>
    protected static void Compute(Func<Tensor> forward)
    {
        ArgumentNullException.ThrowIfNull(forward);
        using var ended = NewDisposeScope();
        using var mode = no_grad();
        forward();
    }

    /// <summary>Computes, and the gradients of the leaves too.</summary>
    /// <param name="forward">What is measured.</param>
    /// <param name="gradient">Of the output.</param>
    /// <param name="leaves">What gradients are wanted of.</param>
    protected static void Differentiate(Func<Tensor> forward, Tensor gradient, params Tensor[] leaves)
    {
        ArgumentNullException.ThrowIfNull(forward);
        using var ended = NewDisposeScope();
        autograd.grad([forward()], leaves, [gradient]);
    }

    /// <summary>Numbers of a normal distribution.</summary>
    /// <param name="type">Their type.</param>
    /// <param name="shape">How many.</param>
    protected static Tensor Normal(ScalarType type, params long[] shape) => randn(shape, dtype: type, device: CPU);
}
