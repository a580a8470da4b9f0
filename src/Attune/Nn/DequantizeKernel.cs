using Attune.Formats;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Rows of a matrix in quantised blocks turned into numbers. Its twin is the type's own reader of the file's order.</summary>
internal static unsafe class DequantizeKernel
{
    private const long Piece = 1 << 15;

    /// <summary>Turns rows into numbers.</summary>
    /// <param name="blocks">[rows, bytes of a row].</param>
    /// <param name="count">The matrix's rows.</param>
    /// <param name="format">The blocks' type.</param>
    /// <param name="packing">How they lie in <see cref="PackingKernel"/>'s order; null: they are in the file's.</param>
    /// <param name="numbers">[rows, columns], float32 or bfloat16, contiguous: written.</param>
    /// <param name="first">The matrix's row that is the first.</param>
    /// <param name="ids">Rows by number in the place of those from <paramref name="first"/> on: [rows], int64; null: those.</param>
    public static void Rows(Tensor blocks, long count, GgufType format, PackedType? packing, Tensor numbers, long first = 0, Tensor? ids = null)
    {
        using var order = ids?.cpu().contiguous();
        if (numbers.dtype == ScalarType.Float32)
        {
            Rows<Float32Element, float>(blocks, count, format, packing, numbers, first, order);
        }
        else
        {
            Rows<BFloat16Element, ushort>(blocks, count, format, packing, numbers, first, order);
        }
    }

    private static void Rows<TElement, T>(Tensor blocks, long count, GgufType format, PackedType? packing, Tensor numbers, long first, Tensor? ids)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        long rows = numbers.size(0), columns = numbers.size(1), each = Math.Max(1, Piece / columns), bytes = blocks.size(1);
        byte* memory = TensorPointer.Of<byte>(blocks);
        T* to = TensorPointer.Of<T>(numbers);
        long* order = ids is null ? null : TensorPointer.Of<long>(ids);
        for (long row = 0; order is not null && row < rows; row++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(order[row], nameof(ids));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(order[row], count, nameof(ids));
        }

        Team.Run((rows + each - 1) / each, piece =>
        {
            fixed (float* wide = KernelScratch.Floats(columns))
            {
                for (long at = piece * each; at < Math.Min(rows, (piece + 1) * each); at++)
                {
                    long row = order is null ? first + at : order[at];
                    if (packing is not null)
                    {
                        PackingKernel.Write<TElement, T>(memory, row, packing, to + (at * columns), columns / PackingKernel.Elements);
                    }
                    else
                    {
                        format.Dequantize!(new ReadOnlySpan<byte>(memory + (row * bytes), (int)bytes), new Span<float>(wide, (int)columns));
                        KernelNumbers.Write<TElement, T>(wide, to + (at * columns), columns);
                    }
                }
            }
        });
        GC.KeepAlive(blocks);
        GC.KeepAlive(numbers);
    }
}
