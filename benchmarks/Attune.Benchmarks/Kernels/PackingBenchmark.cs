using Attune.Formats;
using Attune.Native;
using Attune.Nn;
using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Benchmarks.Kernels;

/// <summary>
/// Dequantisation of a feed-forward matrix of SmolLM2-135M. libtorch has no such blocks: beside the kernel stands the type's own reader of the file's
/// order, on as many threads, and libtorch's cast where the numbers are to be bfloat16.
/// </summary>
public class PackingBenchmark : KernelBenchmark
{
    private const int Rows = 1536, Columns = 576, RowsAtOnce = 64;

    private GgufType format = null!;
    private byte[] blocks = [];
    private Tensor packed = null!, wide = null!, numbers = null!;

    /// <summary>The blocks' type.</summary>
    [Params("Q4_0", "Q4_1", "Q8_0", "Q5_0")]
    public string Type { get; set; } = "";

    /// <summary>What the numbers become.</summary>
    [Params(ScalarType.Float32, ScalarType.BFloat16)]
    public ScalarType Precision { get; set; }

    /// <inheritdoc/>
    protected override void Prepare()
    {
        format = GgufType.Named(Type);
        blocks = Blocks.Of(format, Rows, Columns);
        packed = PackingKernel.Pack(tensor(blocks, device: CPU).view(Rows, -1), format, PackedType.Of(format)!);
        (wide, numbers) = (empty([Rows, Columns], float32, CPU), empty([Rows, Columns], Precision, CPU));
    }

    /// <summary>By the type's own reader.</summary>
    [Benchmark(Baseline = true)]
    public unsafe void Plain()
    {
        float* values = TensorPointer.Of<float>(wide);
        int bytes = blocks.Length / Rows * RowsAtOnce;
        Team.Run(Rows / RowsAtOnce, piece => format.Dequantize!(
            blocks.AsSpan((int)piece * bytes, bytes), new Span<float>(values + (piece * RowsAtOnce * Columns), RowsAtOnce * Columns)));
        if (Precision != float32)
        {
            numbers.copy_(wide);
        }
    }

    /// <summary>In the kernel.</summary>
    [Benchmark]
    public void Kernel() => DequantizeKernel.Rows(packed, Rows, format, PackedType.Of(format), numbers);
}
