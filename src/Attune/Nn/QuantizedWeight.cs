using System.Collections.Concurrent;
using Attune.Formats;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// A frozen matrix in the blocks of 4 or 8 bits that its GGUF file has, so that a token's products read an eighth of the memory. Few rows are
/// multiplied with the blocks as they are, many with a part at a time that was dequantised into a buffer.
/// </summary>
internal sealed class QuantizedWeight : IDisposable
{
    /// <summary>Rows that are multiplied with the blocks as they are. Where more come again and again, numbers in the place of blocks are faster.</summary>
    public const int FewRows = QuantizedProductKernel.MostRows;

    // Numbers of a part: small enough for a cache, large enough for a product. A buffer holds so many and is used again.
    private const long PartSize = 1 << 20;
    private static readonly ConcurrentBag<Tensor> Buffers = [];

    private readonly Tensor blocks;

    /// <summary>Takes the blocks.</summary>
    /// <param name="blocks">[out, bytes of a row], which this owns.</param>
    /// <param name="format">The blocks' type.</param>
    /// <param name="type">The type that its numbers have where they are asked for.</param>
    public QuantizedWeight(Tensor blocks, GgufType format, ScalarType type)
    {
        this.blocks = blocks.DetachFromDisposeScope();
        Format = format;
        Type = type;
        Rows = blocks.shape[0];
        Columns = blocks.shape[1] / format.BlockBytes * format.BlockElements;
    }

    /// <summary>The blocks' type.</summary>
    public GgufType Format { get; }

    /// <summary>The type that its numbers have where they are asked for.</summary>
    public ScalarType Type { get; }

    /// <summary>Rows of the matrix: outputs of a projection.</summary>
    public long Rows { get; }

    /// <summary>Columns of the matrix: inputs of a projection.</summary>
    public long Columns { get; }

    /// <summary>Whether matrices of a type are kept like this: those that the kernel reads.</summary>
    public static bool Keeps(GgufType format) => QuantizedProductKernel.Reads(format);

    /// <summary>All of it as numbers, in the caller's dispose scope.</summary>
    public Tensor ToTensor()
    {
        using var scope = NewDisposeScope();
        return Part(0, Rows, empty([Rows, Columns], dtype: float32, device: blocks.device), Type).MoveToOuterDisposeScope();
    }

    /// <summary>Rows by number.</summary>
    /// <param name="ids">[tokens], int64.</param>
    /// <returns>[tokens, columns].</returns>
    public Tensor Select(Tensor ids)
    {
        using var scope = NewDisposeScope();
        using var chosen = new QuantizedWeight(blocks.index_select(0, ids), Format, Type);
        return chosen.ToTensor().MoveToOuterDisposeScope();
    }

    /// <summary>x W' + b, without gradients.</summary>
    /// <param name="input">[tokens, columns].</param>
    /// <param name="bias">[rows]; null: none.</param>
    /// <returns>[tokens, rows], in the input's type.</returns>
    public Tensor Linear(Tensor input, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        if (!QuantizedProductKernel.Fits(input, blocks))
        {
            return InParts(input, bias).MoveToOuterDisposeScope();
        }

        var output = Precision.As(QuantizedProductKernel.Forward(Precision.As(input, float32), blocks, Format), input.dtype);
        return (bias is null ? output : output.add_(bias)).MoveToOuterDisposeScope();
    }

    /// <summary>The same with numbers in the place of blocks: the kernel's twin.</summary>
    internal Tensor Plain(Tensor input, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var weight = ToTensor();
        return nn.functional.linear(input, Precision.As(weight, input.dtype), bias).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => blocks.Dispose();

    private Tensor InParts(Tensor input, Tensor? bias)
    {
        long most = Math.Max(1, PartSize / Columns);
        var buffer = Buffers.TryTake(out var used) && used.numel() >= most * Columns ? used : empty([most * Columns], dtype: float32, device: blocks.device).DetachFromDisposeScope();
        try
        {
            if (Rows <= most)
            {
                return nn.functional.linear(input, Part(0, Rows, buffer, input.dtype), bias);
            }

            var output = empty([input.shape[0], Rows], dtype: input.dtype, device: input.device);
            for (long at = 0; at < Rows; at += most)
            {
                using var scope = NewDisposeScope();
                long count = Math.Min(most, Rows - at);
                output.narrow(1, at, count).copy_(nn.functional.linear(input, Part(at, count, buffer, input.dtype), bias?.narrow(0, at, count)));
            }

            return output;
        }
        finally
        {
            Buffers.Add(buffer);
        }
    }

    /// <summary>Some rows as numbers of a type: in the buffer itself where that is float32.</summary>
    private Tensor Part(long first, long count, Tensor buffer, ScalarType type)
    {
        var part = buffer.view(-1).narrow(0, 0, count * Columns).view(count, Columns);
        TensorMemory.Dequantize(blocks.narrow(0, first, count), Format, part);
        return Precision.As(part, type);
    }
}
