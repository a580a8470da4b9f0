using Attune.Nn;
using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>RMS norm of SmolLM2-135M with a frozen weight, as LoRA has it: the kernel's gradient is the input's.</summary>
public class RmsNormBenchmark : LayerBenchmark
{
    private const double Epsilon = 1e-5;

    private RmsNorm norm = null!;
    private Tensor input = null!, weight = null!, gradient = null!;

    /// <inheritdoc/>
    protected override void Prepare()
    {
        norm = Own(new RmsNorm(576, Epsilon));
        (input, weight, gradient) = (Leaf(Tokens, 576), Normal(576), Normal(Tokens, 576));
        norm.Weight.Set(weight.clone());
    }

    /// <summary>By TorchSharp's operators.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Run(() => RmsNorm.Plain(input, weight, Epsilon), gradient, input);

    /// <summary>In the kernel.</summary>
    [Benchmark]
    public void Kernel() => Run(() => norm.Forward(input), gradient, input);
}
