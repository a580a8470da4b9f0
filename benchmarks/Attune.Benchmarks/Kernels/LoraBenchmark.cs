using Attune.Nn;
using Attune.Tuning;
using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>A feed-forward matrix of SmolLM2-135M with LoRA of rank 16, forward and backward: one function beside the operators that it stands for.</summary>
public class LoraBenchmark : KernelBenchmark
{
    private const int Inputs = 576, Outputs = 1536, Rank = 16;

    private Projection projection = null!;
    private LoraDelta delta = null!;
    private Tensor input = null!, gradient = null!;
    private Tensor[] leaves = [];

    /// <summary>What is computed in.</summary>
    [Params(ScalarType.Float32, ScalarType.BFloat16)]
    public ScalarType Precision { get; set; }

    /// <inheritdoc/>
    protected override void Prepare()
    {
        projection = Own(new Projection(Inputs, Outputs, bias: false));
        projection.Weight.Set(Normal(Precision, Outputs, Inputs));
        delta = Own(new LoraDelta(Normal(float32, Rank, Inputs), Normal(float32, Outputs, Rank), null, 2, 0, false) { Training = true });
        (input, gradient) = (Normal(Precision, Tokens, Inputs).requires_grad_(), Normal(Precision, Tokens, Outputs));
        leaves = [input, .. delta.Tensors.Select(own => own.Tensor)];
    }

    /// <summary>By TorchSharp's operators.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Differentiate(() => delta.Add(input, projection.ForwardBase(input)), gradient, leaves);

    /// <summary>As one function.</summary>
    [Benchmark]
    public void Function() => Differentiate(() => delta.Forward(projection, input), gradient, leaves);
}
