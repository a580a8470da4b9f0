using System.Numerics;
using System.Runtime.CompilerServices;
using Attune.Formats;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// A matrix in GGUF's blocks of 32 elements, so ordered that eight rows are multiplied at once: a block of eight rows has their scales side by side,
/// then their minima where the type has such, then their codes, four bytes of each row (of 8-bit codes two) side by side. It takes the bytes that the
/// file's order takes. Its twin is the type's own reader of the file's order.
/// </summary>
internal static unsafe class PackingKernel
{
    /// <summary>Rows that lie together; the last ones are filled up with zeros.</summary>
    public const int Rows = 8;

    /// <summary>Elements of a block.</summary>
    public const int Elements = 32;

    /// <summary>Quarters of a block, and pairs of elements in each.</summary>
    public const int Quarters = 4;

    private const int HalfBytes = 2;
    private const long PieceOfNumbers = 1 << 15;

    /// <summary>Whether a type can be ordered so.</summary>
    public static bool Has(GgufType format) => format.Name is "Q4_0" or "Q4_1" or "Q8_0";

    /// <summary>The first element of a pair in the order of the codes; the other is the second behind it.</summary>
    /// <param name="quarter">0 to 3.</param>
    /// <param name="pair">0 to 3.</param>
    public static int First(int quarter, int pair) => (Quarters * quarter) + ((pair & 1) * (Elements / 2)) + (pair >> 1);

    /// <summary>Orders the blocks of a file, in their own memory where the rows are eights.</summary>
    /// <param name="blocks">[rows, bytes of a row], which is used up.</param>
    /// <param name="format">The blocks' type.</param>
    /// <returns>The same bytes in the new order, which the caller owns.</returns>
    public static Tensor Pack(Tensor blocks, GgufType format)
    {
        long rows = blocks.size(0), bytes = blocks.size(1), groups = (rows + Rows - 1) / Rows;
        var packed = blocks;
        if (rows % Rows != 0)
        {
            packed = zeros([groups * Rows, bytes], dtype: uint8, device: blocks.device);
            packed.narrow(0, 0, rows).copy_(blocks).Dispose();
            blocks.Dispose();
        }

        byte* memory = TensorPointer.Of<byte>(packed);
        Team.Run(groups, group =>
        {
            byte* to = memory + (group * Rows * bytes);
            fixed (float* scratch = KernelScratch.Floats(Rows * bytes / sizeof(float)))
            {
                byte* from = (byte*)scratch;
                Buffer.MemoryCopy(to, from, Rows * bytes, Rows * bytes);
                for (long block = 0; block < bytes / format.BlockBytes; block++, to += Rows * format.BlockBytes)
                {
                    for (int row = 0; row < Rows; row++)
                    {
                        Move(from + (row * bytes) + (block * format.BlockBytes), to, row, format, pack: true);
                    }
                }
            }
        });
        return packed.DetachFromDisposeScope();
    }

    /// <summary>Turns rows into numbers.</summary>
    /// <param name="packed">The matrix's memory.</param>
    /// <param name="count">The matrix's rows.</param>
    /// <param name="format">The blocks' type.</param>
    /// <param name="numbers">[rows, columns], float32 or bfloat16, contiguous: written.</param>
    /// <param name="first">The matrix's row that is the first.</param>
    /// <param name="ids">Rows by number in the place of those from <paramref name="first"/> on: [rows], int64; null: those.</param>
    public static void Dequantize(Tensor packed, long count, GgufType format, Tensor numbers, long first = 0, Tensor? ids = null)
    {
        using var order = ids?.cpu().contiguous();
        if (numbers.dtype == ScalarType.Float32)
        {
            Dequantize<Float32Element, float>(packed, count, format, numbers, first, order);
        }
        else
        {
            Dequantize<BFloat16Element, ushort>(packed, count, format, numbers, first, order);
        }
    }

    private static void Dequantize<TElement, T>(Tensor packed, long count, GgufType format, Tensor numbers, long first, Tensor? ids)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        long rows = numbers.size(0), columns = numbers.size(1), each = Math.Max(1, PieceOfNumbers / columns);
        int bytes = (int)(columns / Elements) * format.BlockBytes;
        byte* memory = TensorPointer.Of<byte>(packed);
        T* to = TensorPointer.Of<T>(numbers);
        long* order = ids is null ? null : TensorPointer.Of<long>(ids);
        for (long row = 0; order is not null && row < rows; row++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(order[row], nameof(ids));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(order[row], count, nameof(ids));
        }

        Team.Run((rows + each - 1) / each, piece =>
        {
            fixed (float* wide = KernelScratch.Floats(columns + (bytes / sizeof(float)) + 1))
            {
                byte* plain = (byte*)(wide + columns);
                for (long row = piece * each; row < Math.Min(rows, (piece + 1) * each); row++)
                {
                    Unpack(memory, order is null ? first + row : order[row], format, plain, columns / Elements);
                    format.Dequantize!(new ReadOnlySpan<byte>(plain, bytes), new Span<float>(wide, (int)columns));
                    KernelNumbers.Write<TElement, T>(wide, to + (row * columns), columns);
                }
            }
        });
        GC.KeepAlive(packed);
        GC.KeepAlive(numbers);
    }

    // A row as the file has it.
    private static void Unpack(byte* packed, long row, GgufType format, byte* to, long count)
    {
        byte* from = packed + (row / Rows * Rows * count * format.BlockBytes);
        for (long block = 0; block < count; block++, from += Rows * format.BlockBytes, to += format.BlockBytes)
        {
            Move(to, from, (int)(row % Rows), format, pack: false);
        }
    }

    // A block of one row, there or back.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Move(byte* plain, byte* packed, int row, GgufType format, bool pack)
    {
        bool wide = format.BlockBytes > Elements;
        int halves = (format.BlockBytes - (wide ? Elements : Elements / 2)) / HalfBytes;
        for (int half = 0; half < halves; half++)
        {
            Copy((ushort*)plain + half, (ushort*)packed + (half * Rows) + row, pack);
        }

        plain += halves * HalfBytes;
        packed += halves * HalfBytes * Rows;
        for (int quarter = 0; quarter < Quarters; quarter++)
        {
            for (int pair = 0; wide && pair < Quarters; pair++)
            {
                byte* one = plain + First(quarter, pair), to = packed + (((((quarter * Quarters) + pair) * Rows) + row) * 2);
                Copy(one, to, pack);
                Copy(one + 2, to + 1, pack);
            }

            if (!wide)
            {
                Copy((uint*)plain + quarter, (uint*)packed + (quarter * Rows) + row, pack);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<T>(T* plain, T* packed, bool pack)
        where T : unmanaged
    {
        if (pack)
        {
            *packed = *plain;
        }
        else
        {
            *plain = *packed;
        }
    }
}
