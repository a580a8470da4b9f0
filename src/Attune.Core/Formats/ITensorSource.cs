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

    /// <summary>8-bit float with 4 exponent and 3 mantissa bits.</summary>
    F8E4M3,

    /// <summary>8-bit float with 5 exponent and 2 mantissa bits.</summary>
    F8E5M2,
}

/// <summary>A tensor in a file: its name, the type of what <see cref="ITensorSource.Read"/> gives, and its row-major shape.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">The type of the elements as read (a quantised tensor reads as <see cref="ElementType.F32"/>).</param>
/// <param name="Shape">Row-major; empty for a scalar.</param>
public sealed record TensorInfo(string Name, ElementType Type, IReadOnlyList<long> Shape)
{
    /// <summary>How many elements it has.</summary>
    public long Count { get; } = Shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>How many bytes <see cref="ITensorSource.Read"/> gives in all.</summary>
    public long ByteLength => checked(Count * Type.Size());
}

/// <summary>Tensors by name, wherever they lie: a safetensors file, its shards, a GGUF file.</summary>
public interface ITensorSource : IDisposable
{
    /// <summary>Where this is, for messages.</summary>
    string Path { get; }

    /// <summary>What there is, by name.</summary>
    IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Copies bytes of a tensor (row-major, little-endian, dequantised).</summary>
    /// <param name="name">One of <see cref="Tensors"/>.</param>
    /// <param name="offset">The first byte, a multiple of the element's size.</param>
    /// <param name="destination">As many bytes as are wanted, whole elements, within the tensor.</param>
    void Read(string name, long offset, Span<byte> destination);
}

/// <summary>What is known of element types.</summary>
public static class ElementTypes
{
    /// <summary>The bytes of one element.</summary>
    /// <param name="type">The type.</param>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Bool or ElementType.U8 or ElementType.I8 or ElementType.F8E4M3 or ElementType.F8E5M2 => 1,
        ElementType.I16 or ElementType.U16 or ElementType.F16 or ElementType.BF16 => 2,
        ElementType.I32 or ElementType.U32 or ElementType.F32 => 4,
        _ => 8,
    };
}
