using Attune.Training.Optimizers;
using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>AdamW's update of eight million parameters, which lie beyond the caches.</summary>
public class AdamBenchmark : KernelBenchmark
{
    private const long Count = 1 << 23, Step = 10;
    private const double Rate = 1e-5;

    private readonly Adam rule = new(new Betas(0.9, 0.999), 1e-8, AmsGrad: false, new GradientPreparation(0.01, Decoupled: true, Maximize: false));
    private Tensor values = null!, gradients = null!;
    private Tensor? rounded;
    private Tensor[] state = [];

    /// <summary>Whether the model computes with a copy in bfloat16, which is written too.</summary>
    [Params(false, true)]
    public bool Rounded { get; set; }

    /// <inheritdoc/>
    protected override void Prepare()
    {
        (values, gradients) = (Normal(float32, Count), Normal(float32, Count));
        state = [zeros_like(values), zeros_like(values)];
        rounded = Rounded ? values.to(bfloat16) : null;
    }

    /// <summary>By TorchSharp's operators.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Compute(() =>
    {
        rule.Plain(values, gradients, state, Step, Rate);
        return rounded is null ? values : rounded.copy_(values);
    });

    /// <summary>In the kernel.</summary>
    [Benchmark]
    public void Kernel() => AdamKernel.Update(rule, new FlatStretch(values, gradients, 1, rounded, null), state, Step, Rate);
}
