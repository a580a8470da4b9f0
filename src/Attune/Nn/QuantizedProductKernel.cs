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
/// x W' of few rows with W in <see cref="PackingKernel"/>, for several matrices at once. A block of x becomes integers with one scale, whose
/// products with the codes are exact. Of a block with codes q, scale d and minimum m comes d (q x) + m (sum of x). <see cref="QuantizedWeight.Plain"/> is its twin. Its loops are compiled with all optimisations at once: as first
/// compiled, without any, they would be ten times slower for the first replies.
/// </summary>
internal static unsafe class QuantizedProductKernel
{
    private const int Block = PackingKernel.Elements;
    private const int Eight = PackingKernel.Rows;

    /// <summary>Beyond these a part dequantised once for all rows costs less.</summary>
    public const int MostRows = 16;

    // Rows that share widened codes.
    private const int Together = 4;

    // Products below which a second thread costs more than it gives, and those of a piece: threads that ask for pieces too often wait for each other.
    // Rows together take a third of the time.
    private const long Small = 1 << 17;
    private const long Piece = 1 << 17;

    /// <summary>Whether it can take an input, and is the way to.</summary>
    public static bool Fits(Tensor input) => input.size(0) <= MostRows && TensorPointer.Suit(input);

    /// <summary>Multiplies.</summary>
    /// <param name="input">[rows, in], float32 or bfloat16.</param>
    /// <param name="weights">Matrices of as many columns.</param>
    /// <returns>For each [rows, out], in the input's type.</returns>
    public static Tensor[] Forward(Tensor input, params ReadOnlySpan<QuantizedWeight> weights) =>
        input.dtype == ScalarType.Float32 ? Forward<Float32Element, float>(input, weights) : Forward<BFloat16Element, ushort>(input, weights);

    private static Tensor[] Forward<TElement, T>(Tensor input, ReadOnlySpan<QuantizedWeight> weights)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int rows = (int)input.size(0), columns = (int)input.size(1);
        var outputs = new Tensor[weights.Length];
        var products = new Product<T>[weights.Length];
        long each = Math.Max(1, (rows < Together ? Piece : 4 * Piece) / ((long)columns * rows * Eight)), pieces = 0, work = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            var weight = weights[i];
            outputs[i] = empty([rows, weight.Rows], dtype: input.dtype, device: input.device);
            products[i] = new Product<T>(TensorPointer.Of<byte>(weight.Blocks), TensorPointer.Of<T>(outputs[i]), weight.Rows, pieces, Of<TElement, T>(weight.Packing!));
            pieces += (products[i].Groups + each - 1) / each;
            work += weight.Rows * columns * rows;
        }

        using var x = Integers.Of<TElement, T>(TensorPointer.Of<T>(input), rows, columns / Block);
        void One(long number)
        {
            int i = products.Length - 1;
            while (products[i].FirstPiece > number)
            {
                i--;
            }

            var product = products[i];
            long from = (number - product.FirstPiece) * each;
            product.Work(product, x, from, Math.Min(from + each, product.Groups));
        }

        if (work < Small)
        {
            for (long number = 0; number < pieces; number++)
            {
                One(number);
            }
        }
        else
        {
            Team.Run(pieces, One);
        }

        GC.KeepAlive(input);
        return outputs;
    }

    private static delegate*<Product<T>, Integers, long, long, void> Of<TElement, T>(PackedType type)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged => (type.Scales, type.IsWide) switch
        {
            (PackedScales.One, true) => &Groups<EightBits, TElement, T>,
            (PackedScales.Centred, false) => &Groups<FourBits, TElement, T>,
            (PackedScales.WithMinimum, false) => &Groups<FourBitsAndMinimum, TElement, T>,
            (PackedScales.WithMinimum, true) => &Groups<EightBitsAndMinimum, TElement, T>,
            (PackedScales.InParts, false) => &Groups<FourBitsInParts, TElement, T>,
            (PackedScales.InParts, true) => &Groups<EightBitsInParts, TElement, T>,
            (PackedScales.OfHalves, true) => &Groups<EightBitsOfHalves, TElement, T>,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type.Scales, "no such blocks"),
        };

    /// <summary>Outputs of all rows, eight together. Four rows share codes that were widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Groups<TBlocks, TElement, T>(Product<T> product, Integers x, long from, long to)
        where TBlocks : struct, IBlocks
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        float* sums = stackalloc float[Together * Eight];
        for (long group = from; group < to; group++)
        {
            byte* w = product.Weight + (group * x.Blocks * TBlocks.Bytes);
            int count = (int)Math.Min(Eight, product.Outputs - (group * Eight));
            for (int row = 0; row < x.Rows;)
            {
                int together = x.Rows - row >= Together ? Together : x.Parts;
                if (together == Together)
                {
                    FourRows<TBlocks>(w, x, row, sums);
                }
                else
                {
                    for (int part = 0; part < together; part++)
                    {
                        OneRow<TBlocks>(w, x, row + part, sums + (part * Eight));
                    }
                }

                for (int i = 0; i < together; i += x.Parts, row += x.Parts)
                {
                    float* of = sums + (i * Eight);
                    var sum = Vector256.Load(of) + (x.Parts == 2 ? Vector256.Load(of + Eight) : default);
                    T* place = product.Output + (row / x.Parts * product.Outputs) + (group * Eight);
                    if (count == Eight)
                    {
                        TElement.Store(place, sum);
                    }
                    else
                    {
                        sum.Store(of);
                        KernelNumbers.Write<TElement, T>(of, place, count);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OneRow<TBlocks>(byte* w, Integers input, int row, float* sums)
        where TBlocks : struct, IBlocks
    {
        short* x = input.Codes + ((long)row * input.Blocks * Block);
        float* scales = input.Scales + (row * input.Blocks), blockSums = input.Sums + (row * input.Blocks);
        var total = Vector256<float>.Zero;
        for (int block = 0; block < input.Blocks; block++, w += TBlocks.Bytes)
        {
            Vector256<int> first = default, second = default;
            for (int quarter = 0; quarter < PackingKernel.Quarters; quarter++, x += Eight)
            {
                TBlocks.Widen(w, quarter, out var a, out var b, out var c, out var d);
                Multiply<TBlocks>(a, b, c, d, x, ref first, ref second);
            }

            TBlocks.Scales(w, out var scale, out var other);
            Add<TBlocks>(ref total, first, second, scale, other, scales + block, blockSums + block);
        }

        total.Store(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourRows<TBlocks>(byte* w, Integers input, int row, float* sums)
        where TBlocks : struct, IBlocks
    {
        long next = (long)input.Blocks * Block;
        short* x = input.Codes + (row * next);
        int n = input.Blocks;
        float* scales = input.Scales + (row * n), blockSums = input.Sums + (row * n);
        Vector256<float> total0 = default, total1 = default, total2 = default, total3 = default;
        for (int block = 0; block < n; block++, w += TBlocks.Bytes)
        {
            Vector256<int> first0 = default, first1 = default, first2 = default, first3 = default;
            Vector256<int> second0 = default, second1 = default, second2 = default, second3 = default;
            for (int quarter = 0; quarter < PackingKernel.Quarters; quarter++, x += Eight)
            {
                TBlocks.Widen(w, quarter, out var a, out var b, out var c, out var d);
                Multiply<TBlocks>(a, b, c, d, x, ref first0, ref second0);
                Multiply<TBlocks>(a, b, c, d, x + next, ref first1, ref second1);
                Multiply<TBlocks>(a, b, c, d, x + (2 * next), ref first2, ref second2);
                Multiply<TBlocks>(a, b, c, d, x + (3 * next), ref first3, ref second3);
            }

            TBlocks.Scales(w, out var scale, out var other);
            Add<TBlocks>(ref total0, first0, second0, scale, other, scales + block, blockSums + block);
            Add<TBlocks>(ref total1, first1, second1, scale, other, scales + block + n, blockSums + block + n);
            Add<TBlocks>(ref total2, first2, second2, scale, other, scales + block + (2 * n), blockSums + block + (2 * n));
            Add<TBlocks>(ref total3, first3, second3, scale, other, scales + block + (3 * n), blockSums + block + (3 * n));
        }

        total0.Store(sums);
        total1.Store(sums + Eight);
        total2.Store(sums + (2 * Eight));
        total3.Store(sums + (3 * Eight));
    }

    // The sums of the first 16 elements and of the rest, or of all.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TBlocks>(
        ref Vector256<float> total, Vector256<int> first, Vector256<int> second, Vector256<float> scale, Vector256<float> other, float* ofInput, float* inputSum)
        where TBlocks : struct, IBlocks
    {
        var of = Vector256.Create(*ofInput);
        if (TBlocks.IsOfHalves)
        {
            total = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(first), scale * of, Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(second), other * of, total));
        }
        else
        {
            total = Vector256.FusedMultiplyAdd(other, Vector256.Create(*inputSum), Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(first), scale * of, total));
        }
    }

    /// <summary>Adds for each of eight outputs the products of a quarter of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply<TBlocks>(
        Vector256<short> a, Vector256<short> b, Vector256<short> c, Vector256<short> d, short* x, ref Vector256<int> first, ref Vector256<int> second)
        where TBlocks : struct, IBlocks
    {
        if (TBlocks.IsOfHalves)
        {
            first += Products(a, x) + Products(c, x + 4);
            second += Products(b, x + 2) + Products(d, x + 6);
        }
        else
        {
            first += Products(a, x) + Products(b, x + 2) + (Products(c, x + 4) + Products(d, x + 6));
        }
    }

    /// <summary>For each of eight outputs the products of a pair of codes with a pair of the input's integers, added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Products(Vector256<short> codes, short* x)
    {
        var pair = Vector256.Create(*(int*)x);
        if (Avx2.IsSupported)
        {
            return Avx2.MultiplyAddAdjacent(codes, pair.AsInt16());
        }

        var both = codes.AsInt32();
        return (((both << 16) >> 16) * ((pair << 16) >> 16)) + ((both >> 16) * (pair >> 16));
    }

    /// <summary>
    /// Eight finite half-precision numbers at an address as float32. Sign, exponent and mantissa moved into place read as a float that is 2^112
    /// too small; the product is exact, subnormal ones included.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(byte* address)
    {
        var (low, high) = Vector128.Widen(Vector128.Load((short*)address));
        return ((Vector256.Create(low, high) << 13) & Vector256.Create(unchecked((int)0x8FFFE000))).AsSingle() * Vector256.Create(BitConverter.UInt32BitsToSingle(0x77800000));
    }

    /// <summary>Eight small integers as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Unsigned(byte* bytes)
    {
        var (low, high) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)bytes).AsByte()));
        return Vector256.ConvertToSingle(Vector256.Create(low, high).AsInt32());
    }

    /// <inheritdoc cref="Unsigned"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Signed(byte* bytes)
    {
        var (low, high) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)bytes).AsSByte()));
        return Vector256.ConvertToSingle(Vector256.Create(low, high));
    }

    /// <summary>A quarter of the codes of eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Nibbles(byte* codes, int quarter, out Vector256<short> a, out Vector256<short> b, out Vector256<short> c, out Vector256<short> d)
    {
        var all = Vector256.Load((ushort*)codes + (quarter * 2 * Eight));
        var mask = Vector256.Create((ushort)15);
        a = (all & mask).AsInt16();
        b = ((all >>> 4) & mask).AsInt16();
        c = ((all >>> 8) & mask).AsInt16();
        d = (all >>> 12).AsInt16();
    }

    /// <inheritdoc cref="Nibbles"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SignedBytes(byte* codes, int quarter, out Vector256<short> a, out Vector256<short> b, out Vector256<short> c, out Vector256<short> d)
    {
        codes += 2 * Eight * quarter * PackingKernel.Quarters;
        a = Sixteen(codes);
        b = Sixteen(codes + (2 * Eight));
        c = Sixteen(codes + (4 * Eight));
        d = Sixteen(codes + (6 * Eight));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Sixteen(byte* bytes)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.ConvertToVector256Int16((sbyte*)bytes);
        }

        var (low, high) = Vector128.Widen(Vector128.Load((sbyte*)bytes));
        return Vector256.Create(low, high);
    }

    /// <summary>One matrix's part of a call.</summary>
    private readonly struct Product<T>(byte* weight, T* output, long outputs, long firstPiece, delegate*<Product<T>, Integers, long, long, void> work)
        where T : unmanaged
    {
        public readonly byte* Weight = weight;
        public readonly T* Output = output;
        public readonly long Outputs = outputs;
        public readonly long FirstPiece = firstPiece;
        public readonly delegate*<Product<T>, Integers, long, long, void> Work = work;

        public long Groups => (Outputs + Eight - 1) / Eight;
    }

    /// <summary>
    /// The input as integers of 16 bits, in the order of the codes, a scale for every block, and their sum in the block, which a minimum is
    /// multiplied by. A scale is a power of two: what bfloat16 has in a block is met exactly, down to a 128th of the largest. Of float32 the
    /// integers of what is left are a second row.
    /// </summary>
    private readonly struct Integers : IDisposable
    {
        // The integer of the largest power of two in a block; what is too small for integers; the bits of a float that are its power of two.
        private const float One = 1 << 14;
        private const float Smallest = 1e-25f;
        private const uint Exponent = 0x7F800000;
        private const float Finer = 1 << 15;
        private readonly void* memory;

        private Integers(int rows, int blocks, int parts)
        {
            (Rows, Blocks, Parts) = (rows * parts, blocks, parts);
            nuint all = (nuint)Rows * (nuint)blocks;
            memory = NativeMemory.Alloc(all, (Block * sizeof(short)) + (2 * sizeof(float)));
            Scales = (float*)memory;
            Sums = Scales + all;
            Codes = (short*)(Sums + all);
        }

        /// <summary>Rows of integers.</summary>
        public int Rows { get; }

        /// <summary>Blocks of a row.</summary>
        public int Blocks { get; }

        /// <summary>Rows of integers that a row of the input has.</summary>
        public int Parts { get; }

        public float* Scales { get; }

        public float* Sums { get; }

        public short* Codes { get; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static Integers Of<TElement, T>(T* x, int rows, int blocks)
            where TElement : struct, IKernelElement<T>
            where T : unmanaged
        {
            int parts = typeof(T) == typeof(float) ? 2 : 1;
            var result = new Integers(rows, blocks, parts);
            for (int i = 0; i < rows * blocks; i++, x += Block)
            {
                Vector256<float> a = TElement.LoadEight(x), b = TElement.LoadEight(x + 8), c = TElement.LoadEight(x + 16), d = TElement.LoadEight(x + 24);
                float largest = Largest(Vector256.Max(Vector256.Max(Vector256.Abs(a), Vector256.Abs(b)), Vector256.Max(Vector256.Abs(c), Vector256.Abs(d))));
                float power = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(largest) & Exponent);
                var scale = Vector256.Create(largest > Smallest ? One / power : 0);
                (a, b, c, d) = (a * scale, b * scale, c * scale, d * scale);
                long block = ((long)(i / blocks) * parts * blocks) + (i % blocks);
                var (ra, rb, rc, rd) = result.Store(block, a, b, c, d, power / One);
                if (parts == 2)
                {
                    var finer = Vector256.Create(Finer);
                    result.Store(block + blocks, ra * finer, rb * finer, rc * finer, rd * finer, power / One / Finer);
                }
            }

            return result;
        }

        public void Dispose() => NativeMemory.Free(memory);

        /// <summary>Writes a block's integers.</summary>
        /// <returns>What is left of the values.</returns>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private (Vector256<float> A, Vector256<float> B, Vector256<float> C, Vector256<float> D) Store(
            long block, Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float scale)
        {
            Vector256<float> wa = Whole(a), wb = Whole(b), wc = Whole(c), wd = Whole(d);
            Scales[block] = scale;
            Sums[block] = Vector256.Sum(wa + wb + wc + wd) * scale;
            Store(wa, wc, Codes + (block * Block));
            Store(wb, wd, Codes + (block * Block) + (Block / 2));
            return (a - wa, b - wb, c - wc, d - wd);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static float Largest(Vector256<float> of)
        {
            var half = Vector128.Max(of.GetLower(), of.GetUpper());
            half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
            return Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2))).ToScalar();
        }

        // The nearest integer that 16 bits hold: no number is too small.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<float> Whole(Vector256<float> value) => Vector256.Min(Vector256.Round(value), Vector256.Create((float)short.MaxValue));

        // Elements 0 to 7 and 16 to 23, or those eight behind, in the order of PackingKernel.First.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store(Vector256<float> low, Vector256<float> high, short* to) => Vector256.Shuffle(
            Vector256.Narrow(Vector256.ConvertToInt32Native(low), Vector256.ConvertToInt32Native(high)),
            Vector256.Create((short)0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15)).Store(to);
    }

    /// <summary>How 32 elements of eight rows are read.</summary>
    private interface IBlocks
    {
        static abstract int Bytes { get; }

        /// <summary>Whether what <see cref="Scales"/> gives beside the scale is the scale of the last 16 elements; else it is what is added.</summary>
        static virtual bool IsOfHalves => false;

        static abstract void Scales(byte* block, out Vector256<float> scale, out Vector256<float> other);

        static abstract void Widen(byte* block, int quarter, out Vector256<short> a, out Vector256<short> b, out Vector256<short> c, out Vector256<short> d);
    }

    /// <summary>Q4_0: scales, codes from which 8 is to be taken away.</summary>
    private readonly struct FourBits : IBlocks
    {
        public static int Bytes => (2 + (Block / 2)) * Eight;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Scales(byte* block, out Vector256<float> scale, out Vector256<float> other)
        {
            scale = Halves(block);
            other = scale * -8;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(byte* block, int quarter, out Vector256<short> a, out Vector256<short> b, out Vector256<short> c, out Vector256<short> d) =>
            Nibbles(block + (2 * Eight), quarter, out a, out b, out c, out d);
    }

    /// <summary>Q4_1: scales, minima, codes.</summary>
    private readonly struct FourBitsAndMinimum : IBlocks
    {
        public static int Bytes => (4 + (Block / 2)) * Eight;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Scales(byte* block, out Vector256<float> scale, out Vector256<float> other)
        {
            scale = Halves(block);
            other = Halves(block + (2 * Eight));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(byte* block, int quarter, out Vector256<short> a, out Vector256<short> b, out Vector256<short> c, out Vector256<short> d) =>
            Nibbles(block + (4 * Eight), quarter, out a, out b, out c, out d);
    }

    /// <summary>Q8_0, Q5_0: scales, signed bytes.</summary>
    private readonly struct EightBits : IBlocks
    {
        public static int Bytes => (2 + Block) * Eight;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Scales(byte* block, out Vector256<float> scale, out Vector256<float> other)
        {
            scale = Halves(block);
            other = Vector256<float>.Zero;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(byte* block, int quarter, out Vector256<short> a, out Vector256<short> b, out Vector256<short> c, out Vector256<short> d) =>
            SignedBytes(block + (2 * Eight), quarter, out a, out b, out c, out d);
    }

    /// <summary>Q5_1: scales, minima, bytes.</summary>
    private readonly struct EightBitsAndMinimum : IBlocks
    {
        public static int Bytes => (4 + Block) * Eight;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Scales(byte* block, out Vector256<float> scale, out Vector256<float> other)
        {
            scale = Halves(block);
            other = Halves(block + (2 * Eight));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(byte* block, int quarter, out Vector256<short> a, out Vector256<short> b, out Vector256<short> c, out Vector256<short> d) =>
            SignedBytes(block + (4 * Eight), quarter, out a, out b, out c, out d);
    }

    /// <summary>Q4_K: scales and minima, small integers that either is multiplied by, codes.</summary>
    private readonly struct FourBitsInParts : IBlocks
    {
        public static int Bytes => (6 + (Block / 2)) * Eight;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Scales(byte* block, out Vector256<float> scale, out Vector256<float> other)
        {
            scale = Halves(block) * Unsigned(block + (4 * Eight));
            other = -(Halves(block + (2 * Eight)) * Unsigned(block + (5 * Eight)));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(byte* block, int quarter, out Vector256<short> a, out Vector256<short> b, out Vector256<short> c, out Vector256<short> d) =>
            Nibbles(block + (6 * Eight), quarter, out a, out b, out c, out d);
    }

    /// <summary>Q5_K: the same, bytes.</summary>
    private readonly struct EightBitsInParts : IBlocks
    {
        public static int Bytes => (6 + Block) * Eight;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Scales(byte* block, out Vector256<float> scale, out Vector256<float> other)
        {
            scale = Halves(block) * Unsigned(block + (4 * Eight));
            other = -(Halves(block + (2 * Eight)) * Unsigned(block + (5 * Eight)));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(byte* block, int quarter, out Vector256<short> a, out Vector256<short> b, out Vector256<short> c, out Vector256<short> d) =>
            SignedBytes(block + (6 * Eight), quarter, out a, out b, out c, out d);
    }

    /// <summary>Q6_K: scales, a small signed integer for either half, signed bytes.</summary>
    private readonly struct EightBitsOfHalves : IBlocks
    {
        public static int Bytes => (4 + Block) * Eight;

        public static bool IsOfHalves => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Scales(byte* block, out Vector256<float> scale, out Vector256<float> other)
        {
            var both = Halves(block);
            scale = both * Signed(block + (2 * Eight));
            other = both * Signed(block + (3 * Eight));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(byte* block, int quarter, out Vector256<short> a, out Vector256<short> b, out Vector256<short> c, out Vector256<short> d) =>
            SignedBytes(block + (4 * Eight), quarter, out a, out b, out c, out d);
    }
}
