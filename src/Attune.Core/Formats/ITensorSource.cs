namespace Attune.Formats;

/// <summary>A tensor in a file: its name, the type of what <see cref="ITensorSource.Read"/> gives, and its row-major shape.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">The type of the elements as read (a quantised tensor reads as <see cref="ElementType.F32"/>).</param>
/// <param name="Shape">Row-major; empty for a scalar.</param>
public sealed record TensorInfo(string Name, ElementType Type, IReadOnlyList<long> Shape)
{
    /// <summary>How many elements it has.</summary>
    public long Count { get; } = Product(Shape);

    /// <summary>How many bytes <see cref="ITensorSource.Read"/> gives in all.</summary>
    public long ByteLength => checked(Count * Type.Size());

    private static long Product(IReadOnlyList<long> shape)
    {
        long product = 1;
        for (int i = 0; i < shape.Count; i++)
        {
            product = shape[i] == 0 || product == 0 ? 0 : checked(product * shape[i]);
        }

        return product;
    }
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
