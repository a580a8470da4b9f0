namespace Attune.Formats;

/// <summary>Types of a tensor's elements, with safetensors' names.</summary>
public enum ElementType
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,

    /// <summary>Signed, 8 bits.</summary>
    I8,

    /// <summary>Signed, 16 bits.</summary>
    I16,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>Unsigned, 32 bits.</summary>
    U32,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>Unsigned, 64 bits.</summary>
    U64,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of a float32.</summary>
    BF16,

    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>IEEE double precision.</summary>
    F64,

    /// <summary>8-bit float with 4 exponent and 3 mantissa bits, no infinities.</summary>
    F8E4M3,

    /// <summary>8-bit float with 5 exponent and 2 mantissa bits.</summary>
    F8E5M2,

    /// <summary>As <see cref="F8E4M3"/> with another bias and no negative zero.</summary>
    F8E4M3Fnuz,

    /// <summary>As <see cref="F8E5M2"/> with another bias, no infinities and no negative zero.</summary>
    F8E5M2Fnuz,

    /// <summary>A power of two, the scale of microscaled formats.</summary>
    F8E8M0,

    /// <summary>Two float32, real and imaginary.</summary>
    C64,
}

/// <summary>What is known of element types.</summary>
public static class ElementTypes
{
    /// <summary>The bytes of one element.</summary>
    /// <param name="type">The type.</param>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.I16 or ElementType.U16 or ElementType.F16 or ElementType.BF16 => 2,
        ElementType.I32 or ElementType.U32 or ElementType.F32 => 4,
        ElementType.I64 or ElementType.U64 or ElementType.F64 or ElementType.C64 => 8,
        _ => 1,
    };

    /// <summary>The product of a shape's sizes, or false where the sizes other than 0 overflow 63 bits.</summary>
    internal static bool TryCount(ReadOnlySpan<long> shape, out long count)
    {
        long product = 1;
        bool empty = false;
        foreach (long size in shape)
        {
            empty |= size == 0;
            if (size < 0 || (size > 0 && product > long.MaxValue / size))
            {
                count = 0;
                return false;
            }

            product *= Math.Max(size, 1);
        }

        count = empty ? 0 : product;
        return true;
    }
}
