using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Attune.Nn;

/// <summary>How a kernel that computes in float32 reads and writes the elements of a tensor: two vectors at a time, or one element.</summary>
/// <typeparam name="T">What an element is in memory.</typeparam>
internal unsafe interface IKernelElement<T>
    where T : unmanaged
{
    /// <summary>Elements of two vectors.</summary>
    static int Step => 2 * Vector<float>.Count;

    /// <summary>Reads two vectors.</summary>
    static abstract (Vector<float> Low, Vector<float> High) Load(T* from);

    /// <summary>Writes two vectors.</summary>
    static abstract void Store(T* to, Vector<float> low, Vector<float> high);

    /// <summary>
    /// Reads two vectors in the order that costs least: of bfloat16 the elements of even numbers and those of odd ones, as they lie side by side. For
    /// what treats all elements alike, and with <see cref="StorePairs"/>.
    /// </summary>
    static abstract (Vector<float> Low, Vector<float> High) LoadPairs(T* from);

    /// <summary>Writes what is in the order of <see cref="LoadPairs"/>.</summary>
    static abstract void StorePairs(T* to, Vector<float> low, Vector<float> high);

    /// <summary>Reads eight elements.</summary>
    static abstract Vector256<float> LoadEight(T* from);

    /// <summary>Writes eight elements.</summary>
    static abstract void Store(T* to, Vector256<float> values);

    /// <summary>One element's value.</summary>
    static abstract float ToFloat(T element);

    /// <summary>The element of a value.</summary>
    static abstract T FromFloat(float value);
}

/// <summary>float32 as it is.</summary>
internal readonly unsafe struct Float32Element : IKernelElement<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector<float> Low, Vector<float> High) Load(float* from) => (Vector.Load(from), Vector.Load(from + Vector<float>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, Vector<float> low, Vector<float> high)
    {
        low.Store(to);
        high.Store(to + Vector<float>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector<float> Low, Vector<float> High) LoadPairs(float* from) => Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePairs(float* to, Vector<float> low, Vector<float> high) => Store(to, low, high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadEight(float* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, Vector256<float> values) => values.Store(to);

    public static float ToFloat(float element) => element;

    public static float FromFloat(float value) => value;
}

/// <summary>bfloat16, the upper half of a float32; written to the nearest, ties to even, as torch does.</summary>
internal readonly unsafe struct BFloat16Element : IKernelElement<ushort>
{
    private const int Shift = 16;
    private const uint NotANumber = 0x7FC0;
    private const uint UpperHalf = 0xFFFF0000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector<float> Low, Vector<float> High) Load(ushort* from)
    {
        Vector.Widen(Vector.Load(from), out Vector<uint> low, out Vector<uint> high);
        return (Vector.AsVectorSingle(low << Shift), Vector.AsVectorSingle(high << Shift));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ushort* to, Vector<float> low, Vector<float> high) => Vector.Narrow(Round(low) >>> Shift, Round(high) >>> Shift).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector<float> Low, Vector<float> High) LoadPairs(ushort* from)
    {
        var pairs = Vector.Load((uint*)from);
        return (Vector.AsVectorSingle(pairs << Shift), Vector.AsVectorSingle(pairs & new Vector<uint>(UpperHalf)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePairs(ushort* to, Vector<float> low, Vector<float> high) =>
        ((Round(low) >>> Shift) | (Round(high) & new Vector<uint>(UpperHalf))).Store((uint*)to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadEight(ushort* from)
    {
        var (low, high) = Vector128.Widen(Vector128.Load(from));
        return (Vector256.Create(low, high) << Shift).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ushort* to, Vector256<float> values)
    {
        var bits = values.AsUInt32();
        var rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >>> Shift) & Vector256<uint>.One)) >>> Shift;
        rounded = Vector256.ConditionalSelect(Vector256.Equals(values, values).AsUInt32(), rounded, Vector256.Create(NotANumber));
        Vector128.Narrow(rounded.GetLower(), rounded.GetUpper()).Store(to);
    }

    public static float ToFloat(ushort element) => BitConverter.UInt32BitsToSingle((uint)element << Shift);

    public static ushort FromFloat(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)(float.IsNaN(value) ? NotANumber : (bits + 0x7FFF + ((bits >> Shift) & 1)) >> Shift);
    }

    // In the upper half; the lower is of no use.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Round(Vector<float> value)
    {
        var bits = Vector.AsVectorUInt32(value);
        var rounded = bits + new Vector<uint>(0x7FFF) + ((bits >>> Shift) & Vector<uint>.One);
        return Vector.ConditionalSelect(Vector.AsVectorUInt32(Vector.Equals(value, value)), rounded, new Vector<uint>(NotANumber << Shift));
    }
}
