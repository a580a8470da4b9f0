using System.Runtime.InteropServices;

namespace Attune.Formats;

/// <summary>Whole small tensors as arrays.</summary>
internal static class TensorReading
{
    private const int Chunk = 1 << 16;

    /// <summary>A tensor of any real type as float32.</summary>
    public static float[] ReadFloats(this ITensorSource source, string name)
    {
        var tensor = source.Find(name);
        var values = new float[tensor.Count];
        if (tensor.Type == ElementType.F32)
        {
            source.Read(name, 0, MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        int size = tensor.Type.Size();
        var bytes = new byte[Math.Min(Chunk, tensor.Count) * size];
        for (int start = 0; start < values.Length; start += Chunk)
        {
            int count = Math.Min(Chunk, values.Length - start);
            source.Read(name, (long)start * size, bytes.AsSpan(0, count * size));
            ElementCodec.ToSingle(tensor.Type, bytes.AsSpan(0, count * size), values.AsSpan(start, count));
        }

        return values;
    }

    /// <summary>A tensor of any type in double precision; a complex number gives two.</summary>
    public static double[] ReadDoubles(this ITensorSource source, string name)
    {
        var tensor = source.Find(name);
        var type = tensor.Type == ElementType.C64 ? ElementType.F32 : tensor.Type;
        var bytes = new byte[tensor.ByteLength];
        source.Read(name, 0, bytes);
        var values = new double[bytes.Length / type.Size()];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ElementCodec.ToDouble(type, bytes.AsSpan(i * type.Size(), type.Size()));
        }

        return values;
    }

    /// <summary>A tensor of whole numbers or truth values.</summary>
    public static long[] ReadIntegers(this ITensorSource source, string name)
    {
        var tensor = source.Find(name);
        int size = tensor.Type.Size();
        var bytes = new byte[tensor.ByteLength];
        source.Read(name, 0, bytes);
        var values = new long[tensor.Count];
        for (int i = 0; i < values.Length; i++)
        {
            var element = bytes.AsSpan(i * size, size);
            values[i] = tensor.Type switch
            {
                ElementType.I64 => MemoryMarshal.Read<long>(element),
                ElementType.I8 or ElementType.U8 or ElementType.Bool or ElementType.I16 or ElementType.U16 or ElementType.I32 or ElementType.U32
                    => (long)ElementCodec.ToDouble(tensor.Type, element),
                _ => throw new AttuneException(ExitCode.BadData, source.Path, $"tensor {Names.Quote(name)} holds no whole numbers but {tensor.Type}"),
            };
        }

        return values;
    }

    /// <summary>A tensor by name, or an error that names the file.</summary>
    public static TensorInfo Find(this ITensorSource source, string name) => source.Tensors.TryGetValue(name, out var tensor)
        ? tensor : throw new AttuneException(ExitCode.BadData, source.Path, $"has no tensor {Names.Quote(name)}");
}
