using System.Collections.Concurrent;
using Attune.Formats;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// A frozen matrix in the blocks that its GGUF file has. Where the kernel reads their type, few rows are multiplied with the blocks as they are, so
/// that a token's products read an eighth of the memory; otherwise with a part at a time that was dequantised into a buffer.
/// </summary>
internal sealed class QuantizedWeight : IDisposable
{
    /// <summary>Rows that are multiplied with the blocks as they are. Where more come again and again, numbers in the place of blocks are faster.</summary>
    public const int FewRows = QuantizedProductKernel.MostRows;

    // Numbers of a part: small enough for a cache, large enough for a product. A buffer holds so many and is used again.
    private const long PartSize = 1 << 20;
    private static readonly ConcurrentBag<Tensor> Buffers = [];

    /// <summary>Takes the blocks.</summary>
    /// <param name="blocks">[out, bytes of a row] as the file has them, which this owns.</param>
    /// <param name="format">The blocks' type.</param>
    /// <param name="type">The type that its numbers have where they are asked for.</param>
    public QuantizedWeight(Tensor blocks, GgufType format, ScalarType type)
    {
        Format = format;
        Type = type;
        Rows = blocks.size(0);
        Columns = blocks.size(1) / format.BlockBytes * format.BlockElements;
        Packing = PackedType.Of(format);
        Blocks = Packing is null ? blocks.DetachFromDisposeScope() : PackingKernel.Pack(blocks, format, Packing);
    }

    /// <summary>The blocks' type.</summary>
    public GgufType Format { get; }

    /// <summary>The type that its numbers have where they are asked for.</summary>
    public ScalarType Type { get; }

    /// <summary>Rows of the matrix: outputs of a projection.</summary>
    public long Rows { get; }

    /// <summary>Columns of the matrix: inputs of a projection.</summary>
    public long Columns { get; }

    /// <summary>How the blocks lie in the order that the kernel reads, <see cref="PackingKernel"/>'s; null: they are in the file's.</summary>
    internal PackedType? Packing { get; }

    /// <summary>The blocks.</summary>
    internal Tensor Blocks { get; }

    /// <summary>Whether matrices of a type are kept like this.</summary>
    /// <param name="format">The type.</param>
    /// <param name="trains">
    /// Whether an adapter is trained beside them, with many rows at a time: then whatever is in blocks stays so, to save memory. Otherwise types that
    /// the kernel does not read become numbers, for a token would have to wait for all of them.
    /// </param>
    public static bool Keeps(GgufType format, bool trains) => trains ? format.Dequantize is not null : PackedType.Of(format) is not null;

    /// <summary>The memory that a matrix takes, in bytes.</summary>
    /// <param name="format">The blocks' type.</param>
    /// <param name="elements">Its elements.</param>
    public static long BytesOf(GgufType format, long elements) => PackedType.Of(format)?.BytesOf(elements) ?? elements / format.BlockElements * format.BlockBytes;

    /// <summary>All of it as numbers, in the caller's dispose scope.</summary>
    public Tensor ToTensor()
    {
        var numbers = empty([Rows, Columns], dtype: Type, device: Blocks.device);
        Write(numbers);
        return numbers;
    }

    /// <summary>Rows by number.</summary>
    /// <param name="ids">[tokens], int64.</param>
    /// <returns>[tokens, columns].</returns>
    public Tensor Select(Tensor ids)
    {
        var numbers = empty([ids.size(0), Columns], dtype: Type, device: Blocks.device);
        Write(numbers, ids: ids);
        return numbers;
    }

    /// <summary>x W' + b, without gradients.</summary>
    /// <param name="input">[tokens, columns].</param>
    /// <param name="bias">[rows]; null: none.</param>
    /// <returns>[tokens, rows], in the input's type.</returns>
    public Tensor Linear(Tensor input, Tensor? bias)
    {
        if (Packing is not null && QuantizedProductKernel.Fits(input))
        {
            var output = QuantizedProductKernel.Forward(input, this)[0];
            return bias is null ? output : output.add_(bias);
        }

        using var scope = NewDisposeScope();
        return InParts(input, bias).MoveToOuterDisposeScope();
    }

    /// <summary>The same with numbers in the place of blocks: the kernel's twin.</summary>
    internal Tensor Plain(Tensor input, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var weight = ToTensor();
        return nn.functional.linear(input, Precision.As(weight, input.dtype), bias).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Blocks.Dispose();

    private Tensor InParts(Tensor input, Tensor? bias)
    {
        long most = Math.Max(1, PartSize / Columns);
        var buffer = Buffers.TryTake(out var used) && used.numel() >= most * Columns && used.dtype == input.dtype ? used
            : empty([most * Columns], dtype: input.dtype, device: Blocks.device).DetachFromDisposeScope();
        try
        {
            if (Rows <= most)
            {
                return nn.functional.linear(input, Part(0, Rows, buffer), bias);
            }

            var output = empty([input.size(0), Rows], dtype: input.dtype, device: input.device);
            for (long at = 0; at < Rows; at += most)
            {
                using var scope = NewDisposeScope();
                long count = Math.Min(most, Rows - at);
                output.narrow(1, at, count).copy_(nn.functional.linear(input, Part(at, count, buffer), bias?.narrow(0, at, count)));
            }

            return output;
        }
        finally
        {
            Buffers.Add(buffer);
        }
    }

    /// <summary>Some rows as numbers, in the buffer.</summary>
    private Tensor Part(long first, long count, Tensor buffer)
    {
        var part = buffer.narrow(0, 0, count * Columns).view(count, Columns);
        Write(part, first);
        return part;
    }

    /// <summary>Writes numbers of any type.</summary>
    /// <param name="numbers">[rows, columns].</param>
    /// <param name="first">The row that is the first.</param>
    /// <param name="ids">Rows by number in their place.</param>
    private void Write(Tensor numbers, long first = 0, Tensor? ids = null)
    {
        if (numbers.dtype is ScalarType.Float32 or ScalarType.BFloat16)
        {
            DequantizeKernel.Rows(Blocks, Rows, Format, Packing, numbers, first, ids);
            return;
        }

        using var wide = empty(numbers.shape, dtype: float32, device: Blocks.device);
        DequantizeKernel.Rows(Blocks, Rows, Format, Packing, wide, first, ids);
        numbers.copy_(wide);
    }
}
