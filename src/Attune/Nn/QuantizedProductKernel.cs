using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Formats;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// x W' of few rows with W in blocks of 32 elements as GGUF has them, which are widened to float32 in registers and never written down. A
/// block's codes q, scale d and minimum m give d (q x) + m (sum of x). <see cref="QuantizedWeight.Plain"/> is its twin. Its loops are compiled
/// with all optimisations at once: as first compiled, without any, they would be ten times slower for the first replies.
/// </summary>
internal static unsafe class QuantizedProductKernel
{
    private const int Block = 32;

    /// <summary>Beyond these a part dequantised once for all rows costs less.</summary>
    public const int MostRows = 16;

    // Products below which a second thread costs more than it gives.
    private const long Small = 1 << 18;

    /// <summary>Whether it reads a type of blocks.</summary>
    public static bool Reads(GgufType format) => format.Name is "Q4_0" or "Q4_1" or "Q8_0";

    /// <summary>Whether it can take a product, and is the way to.</summary>
    public static bool Fits(Tensor input, Tensor blocks) => input.shape[0] <= MostRows && TensorPointer.IsReachable(input) && TensorPointer.IsReachable(blocks);

    /// <summary>Multiplies.</summary>
    /// <param name="input">[rows, in], float32.</param>
    /// <param name="blocks">[out, bytes of a row].</param>
    /// <param name="format">The blocks' type, one that it reads.</param>
    /// <returns>[rows, out], float32.</returns>
    public static Tensor Forward(Tensor input, Tensor blocks, GgufType format) => format.Name switch
    {
        "Q4_0" => Forward<FourBits>(input, blocks),
        "Q4_1" => Forward<FourBitsAndMinimum>(input, blocks),
        "Q8_0" => Forward<EightBits>(input, blocks),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format.Name, "The kernel does not read such blocks."),
    };

    private static Tensor Forward<T>(Tensor input, Tensor blocks)
        where T : struct, IBlocks
    {
        int rows = (int)input.shape[0], columns = (int)input.shape[1];
        long outputs = blocks.shape[0];
        var output = empty([rows, outputs], dtype: ScalarType.Float32, device: input.device);
        float* x = TensorPointer.Of<float>(input), y = TensorPointer.Of<float>(output);
        byte* w = TensorPointer.Of<byte>(blocks);
        float* sums = (float*)NativeMemory.Alloc((nuint)rows * (nuint)(columns / Block), sizeof(float));
        Sum(x, sums, rows * (columns / Block));

        // A part is about as much work as makes a thread worth its while.
        long part = Math.Max(1, Small / 2 / ((long)columns * rows)), parts = (outputs + part - 1) / part;
        void One(long number)
        {
            long end = Math.Min(outputs, (number + 1) * part);
            for (long o = number * part; o < end; o++)
            {
                Output<T>(w + (o * (columns / Block) * T.Bytes), x, sums, y + o, rows, columns, outputs);
            }
        }

        if (outputs * columns * rows < Small)
        {
            for (long number = 0; number < parts; number++)
            {
                One(number);
            }
        }
        else
        {
            Team.Run(parts, One);
        }

        NativeMemory.Free(sums);
        GC.KeepAlive(input);
        GC.KeepAlive(blocks);
        return output;
    }

    /// <summary>The sum of every block of the input: what a minimum is multiplied by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum(float* x, float* sums, int count)
    {
        for (int i = 0; i < count; i++, x += Block)
        {
            sums[i] = Vector256.Sum(Vector256.Load(x) + Vector256.Load(x + 8) + Vector256.Load(x + 16) + Vector256.Load(x + 24));
        }
    }

    /// <summary>One output of all rows. Four rows share a block that was widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Output<T>(byte* w, float* x, float* sums, float* y, int rows, int columns, long outputs)
        where T : struct, IBlocks
    {
        int count = columns / Block, row = 0;
        for (; row <= rows - 4; row += 4)
        {
            FourRows<T>(w, x + ((long)row * columns), sums + ((long)row * count), y + (row * outputs), columns, outputs);
        }

        for (; row < rows; row++)
        {
            y[row * outputs] = OneRow<T>(w, x + ((long)row * columns), sums + ((long)row * count), count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float OneRow<T>(byte* w, float* x, float* sums, int count)
        where T : struct, IBlocks
    {
        var sum = Vector256<float>.Zero;
        float minima = 0;
        for (int block = 0; block < count; block++, w += T.Bytes, x += Block)
        {
            T.Scales(w, out float scale, out float minimum);
            T.Widen(w, out var a, out var b, out var c, out var d);
            sum = Vector256.FusedMultiplyAdd(Dot(a, b, c, d, x), Vector256.Create(scale), sum);
            minima += minimum * sums[block];
        }

        return Vector256.Sum(sum) + minima;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows<T>(byte* w, float* x, float* sums, float* y, int columns, long outputs)
        where T : struct, IBlocks
    {
        Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        float minima0 = 0, minima1 = 0, minima2 = 0, minima3 = 0;
        int count = columns / Block;
        for (int block = 0; block < count; block++, w += T.Bytes, x += Block)
        {
            T.Scales(w, out float scale, out float minimum);
            T.Widen(w, out var a, out var b, out var c, out var d);
            var scales = Vector256.Create(scale);
            sum0 = Vector256.FusedMultiplyAdd(Dot(a, b, c, d, x), scales, sum0);
            sum1 = Vector256.FusedMultiplyAdd(Dot(a, b, c, d, x + columns), scales, sum1);
            sum2 = Vector256.FusedMultiplyAdd(Dot(a, b, c, d, x + (2L * columns)), scales, sum2);
            sum3 = Vector256.FusedMultiplyAdd(Dot(a, b, c, d, x + (3L * columns)), scales, sum3);
            minima0 += minimum * sums[block];
            minima1 += minimum * sums[block + count];
            minima2 += minimum * sums[block + (2 * count)];
            minima3 += minimum * sums[block + (3 * count)];
        }

        y[0] = Vector256.Sum(sum0) + minima0;
        y[outputs] = Vector256.Sum(sum1) + minima1;
        y[2 * outputs] = Vector256.Sum(sum2) + minima2;
        y[3 * outputs] = Vector256.Sum(sum3) + minima3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Dot(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* x) =>
        Vector256.FusedMultiplyAdd(d, Vector256.Load(x + 24), Vector256.FusedMultiplyAdd(c, Vector256.Load(x + 16), Vector256.FusedMultiplyAdd(b, Vector256.Load(x + 8), a * Vector256.Load(x))));

    /// <summary>Eight bytes as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Unsigned(byte* bytes)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.ConvertToVector256Int32(bytes);
        }

        var (low, high) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(bytes)).AsByte()));
        return Vector256.Create(low, high).AsInt32();
    }

    /// <summary>Eight signed bytes as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Signed(byte* bytes)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.ConvertToVector256Int32((sbyte*)bytes);
        }

        var (low, high) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(bytes)).AsSByte()));
        return Vector256.Create(low, high);
    }

    /// <summary>
    /// Two finite half-precision numbers at an address as float32. Sign, exponent and mantissa moved into place read as a float that is 2^112
    /// too small; the product is exact, subnormal ones included.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Halves(byte* address) =>
        ((Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<int>(address)).AsInt16()) << 13) & Vector128.Create(unchecked((int)0x8FFFE000))).AsSingle()
        * Vector128.Create(BitConverter.UInt32BitsToSingle(0x77800000));

    /// <summary>The sixteen bytes that hold 32 codes: the low halves first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Nibbles(byte* bytes, out Vector256<float> a, out Vector256<float> b, out Vector256<float> c, out Vector256<float> d)
    {
        var (first, second, mask) = (Unsigned(bytes), Unsigned(bytes + 8), Vector256.Create(15));
        a = Vector256.ConvertToSingle(first & mask);
        b = Vector256.ConvertToSingle(second & mask);
        c = Vector256.ConvertToSingle(first >>> 4);
        d = Vector256.ConvertToSingle(second >>> 4);
    }

    /// <summary>How a block is read.</summary>
    private interface IBlocks
    {
        static abstract int Bytes { get; }

        static abstract void Scales(byte* block, out float scale, out float minimum);

        static abstract void Widen(byte* block, out Vector256<float> a, out Vector256<float> b, out Vector256<float> c, out Vector256<float> d);
    }

    /// <summary>Q4_0: scale, 16 bytes of codes from which 8 is to be taken away.</summary>
    private readonly struct FourBits : IBlocks
    {
        public static int Bytes => 18;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Scales(byte* block, out float scale, out float minimum)
        {
            scale = Halves(block).ToScalar();
            minimum = -8 * scale;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(byte* block, out Vector256<float> a, out Vector256<float> b, out Vector256<float> c, out Vector256<float> d) => Nibbles(block + 2, out a, out b, out c, out d);
    }

    /// <summary>Q4_1: scale, minimum, 16 bytes of codes.</summary>
    private readonly struct FourBitsAndMinimum : IBlocks
    {
        public static int Bytes => 20;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Scales(byte* block, out float scale, out float minimum)
        {
            var both = Halves(block);
            scale = both.ToScalar();
            minimum = both.GetElement(1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(byte* block, out Vector256<float> a, out Vector256<float> b, out Vector256<float> c, out Vector256<float> d) => Nibbles(block + 4, out a, out b, out c, out d);
    }

    /// <summary>Q8_0: scale, 32 signed bytes.</summary>
    private readonly struct EightBits : IBlocks
    {
        public static int Bytes => 34;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Scales(byte* block, out float scale, out float minimum)
        {
            scale = Halves(block).ToScalar();
            minimum = 0;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(byte* block, out Vector256<float> a, out Vector256<float> b, out Vector256<float> c, out Vector256<float> d)
        {
            a = Vector256.ConvertToSingle(Signed(block + 2));
            b = Vector256.ConvertToSingle(Signed(block + 10));
            c = Vector256.ConvertToSingle(Signed(block + 18));
            d = Vector256.ConvertToSingle(Signed(block + 26));
        }
    }
}
