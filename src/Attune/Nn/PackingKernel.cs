using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Attune.Formats;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// A matrix in GGUF's blocks, so ordered that eight rows are multiplied at once: of every 32 elements eight rows have their scales side by side, then
/// minima and small integers where the type has such, then their codes, four bytes of each row (of 8-bit codes two) side by side. Its twin is the
/// type's own reader of the file's order.
/// </summary>
internal static unsafe class PackingKernel
{
    /// <summary>Rows that lie together; the last ones are filled up with zeros.</summary>
    public const int Rows = 8;

    /// <summary>Elements of a row that lie together.</summary>
    public const int Elements = 32;

    /// <summary>Quarters of these, and pairs of elements in each.</summary>
    public const int Quarters = 4;

    private const int MiddleCode = 8;

    /// <summary>The first element of a pair in the order of the codes; the other is the second behind it. Pairs of even numbers are of the first 16 elements.</summary>
    /// <param name="quarter">0 to 3.</param>
    /// <param name="pair">0 to 3.</param>
    public static int First(int quarter, int pair) => (Quarters * quarter) + ((pair & 1) * (Elements / 2)) + (pair >> 1);

    /// <summary>Orders the blocks of a file, in their own memory where that is as large.</summary>
    /// <param name="blocks">[rows, bytes of a row], which is used up.</param>
    /// <param name="format">The blocks' type.</param>
    /// <param name="type">How it is packed.</param>
    /// <returns>[rows, bytes of a row] in the new order, which the caller owns.</returns>
    public static Tensor Pack(Tensor blocks, GgufType format, PackedType type)
    {
        long rows = blocks.size(0), bytes = blocks.size(1), groups = (rows + Rows - 1) / Rows;
        int runs = format.BlockElements / Elements;
        long packedBytes = bytes / format.BlockBytes * runs * type.Bytes;
        bool isInPlace = rows % Rows == 0 && packedBytes == bytes;
        var packed = isInPlace ? blocks : zeros([groups * Rows, packedBytes], dtype: uint8, device: blocks.device);
        byte* from = TensorPointer.Of<byte>(blocks), to = TensorPointer.Of<byte>(packed);
        Team.Run(groups, group =>
        {
            int count = (int)Math.Min(Rows, rows - (group * Rows));
            fixed (float* scratch = KernelScratch.Floats((count * bytes / sizeof(float)) + 1))
            {
                byte* own = (byte*)scratch;
                Buffer.MemoryCopy(from + (group * Rows * bytes), own, count * bytes, count * bytes);
                for (int row = 0; row < count; row++)
                {
                    byte* place = to + (group * Rows * packedBytes);
                    for (byte* end = own + bytes; own < end; own += format.BlockBytes)
                    {
                        for (int run = 0; run < runs; run++, place += Rows * type.Bytes)
                        {
                            Place(type.Read(new ReadOnlySpan<byte>(own, format.BlockBytes), run), place, row, type);
                        }
                    }
                }
            }
        });
        if (!isInPlace)
        {
            blocks.Dispose();
        }

        return packed.DetachFromDisposeScope();
    }

    /// <summary>Turns a row into numbers, rounded after the product and after the sum, as the type's own reader does it.</summary>
    /// <param name="packed">The matrix.</param>
    /// <param name="row">Which.</param>
    /// <param name="type">How it is packed.</param>
    /// <param name="to">[columns]: written.</param>
    /// <param name="count">How many times 32 elements a row has.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write<TElement, T>(byte* packed, long row, PackedType type, T* to, long count)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int lane = (int)(row % Rows), bytes = type.Bytes, header = type.Header, ofHalves = type.Halves * sizeof(ushort) * Rows;
        bool isWide = type.IsWide, hasMinimum = type.Halves == 2, isInParts = type.Scales == PackedScales.InParts, isOfHalves = type.Scales == PackedScales.OfHalves;
        var middle = Vector256.Create((sbyte)(type.Scales == PackedScales.Centred ? MiddleCode : 0));
        byte* from = packed + (row / Rows * Rows * count * bytes);
        for (long run = 0; run < count; run++, from += Rows * bytes, to += Elements)
        {
            ushort* halves = (ushort*)from + lane;
            byte* codes = from + (header * Rows);
            float scale = (float)BitConverter.UInt16BitsToHalf(halves[0]), minimum = hasMinimum ? (float)BitConverter.UInt16BitsToHalf(halves[Rows]) : 0, other;
            if (isInParts)
            {
                scale *= from[ofHalves + lane];
                minimum = -(minimum * from[ofHalves + Rows + lane]);
                other = scale;
            }
            else if (isOfHalves)
            {
                other = scale * (sbyte)from[ofHalves + Rows + lane];
                scale *= (sbyte)from[ofHalves + lane];
            }
            else
            {
                other = scale;
            }

            var (low, high) = Vector256.Widen(isWide ? Bytes((ushort*)codes + lane) : Nibbles((uint*)codes + lane) - middle);
            var least = Vector256.Create(minimum);
            Eights<TElement, T>(low, Vector256.Create(scale), least, hasMinimum, to);
            Eights<TElement, T>(high, Vector256.Create(other), least, hasMinimum, to + (Elements / 2));
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

    // 32 elements of one row into their places.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Place(in PackedRun run, byte* to, int row, PackedType type)
    {
        ushort* halves = (ushort*)to + row;
        halves[0] = run.Scale;
        if (type.Halves == 2)
        {
            halves[Rows] = run.Minimum;
        }

        if (type.Parts == 2)
        {
            byte* parts = to + (type.Halves * sizeof(ushort) * Rows) + row;
            (parts[0], parts[Rows]) = (run.Part, run.Other);
        }

        to += type.Header * Rows;
        if (!type.IsWide)
        {
            var codes = (run.First | (run.Second << 4)).AsUInt32();
            for (int quarter = 0; quarter < Quarters; quarter++)
            {
                ((uint*)to)[(quarter * Rows) + row] = codes.GetElement(quarter);
            }

            return;
        }

        byte* plain = stackalloc byte[Elements];
        run.First.Store(plain);
        run.Second.Store(plain + (Elements / 2));
        for (int quarter = 0; quarter < Quarters; quarter++)
        {
            for (int pair = 0; pair < Quarters; pair++)
            {
                byte* one = plain + First(quarter, pair), place = to + (((((quarter * Quarters) + pair) * Rows) + row) * 2);
                (place[0], place[1]) = (one[0], one[2]);
            }
        }
    }
}
