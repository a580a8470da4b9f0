using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
    private const int MiddleCode = 8;

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
                        Pack(from + (row * bytes) + (block * format.BlockBytes), to, row, format);
                    }
                }
            }
        });
        return packed.DetachFromDisposeScope();
    }

    /// <summary>Turns a row into numbers, rounded after the product and after the sum, as the type's own reader does it.</summary>
    /// <param name="packed">The matrix.</param>
    /// <param name="row">Which.</param>
    /// <param name="format">The blocks' type.</param>
    /// <param name="to">[columns]: written.</param>
    /// <param name="count">Blocks of a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write<TElement, T>(byte* packed, long row, GgufType format, T* to, long count)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        bool wide = format.BlockBytes > Elements, hasMinimum = HalvesOf(format) > 1;
        var middle = Vector256.Create((sbyte)(wide || hasMinimum ? 0 : MiddleCode));
        int lane = (int)(row % Rows);
        byte* from = packed + (row / Rows * Rows * count * format.BlockBytes);
        for (long block = 0; block < count; block++, from += Rows * format.BlockBytes, to += Elements)
        {
            ushort* halves = (ushort*)from + lane;
            byte* codes = from + (HalvesOf(format) * HalfBytes * Rows);
            var scale = Vector256.Create((float)BitConverter.UInt16BitsToHalf(halves[0]));
            var minimum = Vector256.Create(hasMinimum ? (float)BitConverter.UInt16BitsToHalf(halves[Rows]) : 0);
            var (low, high) = Vector256.Widen(wide ? Bytes((ushort*)codes + lane) : Nibbles((uint*)codes + lane) - middle);
            Eights<TElement, T>(low, scale, minimum, hasMinimum, to);
            Eights<TElement, T>(high, scale, minimum, hasMinimum, to + (Elements / 2));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eights<TElement, T>(Vector256<short> codes, Vector256<float> scale, Vector256<float> minimum, bool hasMinimum, T* to)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        var (low, high) = Vector256.Widen(codes);
        var (first, second) = (Vector256.ConvertToSingle(low) * scale, Vector256.ConvertToSingle(high) * scale);
        TElement.Store(to, hasMinimum ? first + minimum : first);
        TElement.Store(to + Rows, hasMinimum ? second + minimum : second);
    }

    // 4-bit codes of one row in the order of the elements: of packed bytes the low halves come first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Nibbles(uint* codes)
    {
        var bytes = Vector128.Create(codes[0], codes[Rows], codes[2 * Rows], codes[3 * Rows]).AsByte();
        return Vector256.Create(bytes & Vector128.Create((byte)0xF), bytes >>> 4).AsSByte();
    }

    // 8-bit codes of one row in the order of the elements. A pair has the first and the third byte of four, another pair the two between.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Bytes(ushort* pairs)
    {
        const int Quarter = Quarters * Rows;
        var even = Vector256.Create((uint)pairs[0], pairs[Quarter], pairs[2 * Quarter], pairs[3 * Quarter],
            pairs[Rows], pairs[Rows + Quarter], pairs[Rows + (2 * Quarter)], pairs[Rows + (3 * Quarter)]);
        pairs += 2 * Rows;
        var odd = Vector256.Create((uint)pairs[0], pairs[Quarter], pairs[2 * Quarter], pairs[3 * Quarter],
            pairs[Rows], pairs[Rows + Quarter], pairs[Rows + (2 * Quarter)], pairs[Rows + (3 * Quarter)]);
        return (Apart(even) | (Apart(odd) << 8)).AsSByte();
    }

    // Two bytes and a space behind each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Apart(Vector256<uint> pairs) => (pairs & Vector256.Create(0xFFu)) | ((pairs & Vector256.Create(0xFF00u)) << 8);

    // Scales and minima of a block of one row.
    private static int HalvesOf(GgufType format) => (format.BlockBytes - (format.BlockBytes > Elements ? Elements : Elements / 2)) / HalfBytes;

    // A block of one row into its place.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack(byte* plain, byte* packed, int row, GgufType format)
    {
        int halves = HalvesOf(format);
        for (int half = 0; half < halves; half++)
        {
            ((ushort*)packed)[(half * Rows) + row] = ((ushort*)plain)[half];
        }

        plain += halves * HalfBytes;
        packed += halves * HalfBytes * Rows;
        bool wide = format.BlockBytes > Elements;
        for (int quarter = 0; quarter < Quarters; quarter++)
        {
            for (int pair = 0; wide && pair < Quarters; pair++)
            {
                byte* one = plain + First(quarter, pair), to = packed + (((((quarter * Quarters) + pair) * Rows) + row) * 2);
                (to[0], to[1]) = (one[0], one[2]);
            }

            if (!wide)
            {
                ((uint*)packed)[(quarter * Rows) + row] = ((uint*)plain)[quarter];
            }
        }
    }
}
