using Attune.Formats;
using Attune.Nn;
using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>
/// Products with blocks beside libtorch's with the same numbers in float32: a feed-forward matrix of SmolLM2-135M and its output layer. Of 64 rows the
/// blocks are no longer multiplied as they are, but dequantised in parts.
/// </summary>
public class QuantizedProductBenchmark : KernelBenchmark
{
    private const int Inputs = 576;

    private QuantizedWeight weight = null!;
    private Tensor plain = null!, input = null!;

    /// <summary>The blocks' type.</summary>
    [Params("Q4_0", "Q4_1", "Q8_0")]
    public string Type { get; set; } = "";

    /// <summary>Rows of the matrix.</summary>
    [Params(1536, 49152)]
    public int Outputs { get; set; }

    /// <summary>Rows of the input.</summary>
    [Params(1, 8, 64)]
    public int Rows { get; set; }

    /// <inheritdoc/>
    protected override void Prepare()
    {
        var format = GgufType.Named(Type);
        weight = Own(new QuantizedWeight(tensor(Blocks.Of(format, Outputs, Inputs), device: CPU).view(Outputs, -1), format, float32));
        (plain, input) = (weight.ToTensor(), Normal(float32, Rows, Inputs));
    }

    /// <summary>By libtorch's product.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Compute(() => nn.functional.linear(input, plain));

    /// <summary>In the kernel.</summary>
    [Benchmark]
    public void Kernel() => Compute(() => weight.Linear(input, null));
}
