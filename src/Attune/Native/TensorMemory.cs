using System.Runtime.InteropServices;
using Attune.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Native;

/// <summary>Bytes between files and tensors, in slices, so that a tensor of any size moves without a second copy of it.</summary>
internal static class TensorMemory
{
    private const int Slice = 16 << 20;

    /// <summary>TorchSharp's type for a file's.</summary>
    /// <exception cref="AttuneException">libtorch has no such type.</exception>
    public static ScalarType TypeOf(ElementType type, string place) => type switch
    {
        ElementType.Bool => ScalarType.Bool,
        ElementType.U8 => ScalarType.Byte,
        ElementType.I8 => ScalarType.Int8,
        ElementType.I16 => ScalarType.Int16,
        ElementType.I32 => ScalarType.Int32,
        ElementType.I64 => ScalarType.Int64,
        ElementType.F16 => ScalarType.Float16,
        ElementType.BF16 => ScalarType.BFloat16,
        ElementType.F32 => ScalarType.Float32,
        ElementType.F64 => ScalarType.Float64,
        _ => throw new AttuneException(ExitCode.BadData, place, $"tensors of type {type} cannot be computed with", "convert the file to F32, F16 or BF16"),
    };

    /// <summary>A file's type for TorchSharp's.</summary>
    public static ElementType TypeOf(ScalarType type) => type switch
    {
        ScalarType.Bool => ElementType.Bool,
        ScalarType.Byte => ElementType.U8,
        ScalarType.Int8 => ElementType.I8,
        ScalarType.Int16 => ElementType.I16,
        ScalarType.Int32 => ElementType.I32,
        ScalarType.Int64 => ElementType.I64,
        ScalarType.Float16 => ElementType.F16,
        ScalarType.BFloat16 => ElementType.BF16,
        ScalarType.Float32 => ElementType.F32,
        ScalarType.Float64 => ElementType.F64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No file format has this type."),
    };

    /// <summary>Reads a tensor; the caller owns it.</summary>
    /// <param name="source">Where it lies.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="type">The type wanted; null: the file's.</param>
    /// <param name="device">Where it is made.</param>
    public static Tensor Read(ITensorSource source, string name, ScalarType? type, Device device)
    {
        var info = source.Tensors[name];
        var from = TypeOf(info.Type, $"{source.Path}: {name}");
        using var scope = NewDisposeScope();
        var result = empty([.. info.Shape], dtype: type ?? from, device: device);
        var flat = result.view(-1);
        int width = info.Type.Size();
        long perSlice = Slice / width;
        bool direct = result.dtype == from && device.type == DeviceType.CPU;
        Tensor? buffer = direct ? null : empty([Math.Min(perSlice, info.Count)], dtype: from, device: CPU);
        for (long at = 0; at < info.Count; at += perSlice)
        {
            using var inner = NewDisposeScope();
            long count = Math.Min(perSlice, info.Count - at);
            var target = direct ? flat.narrow(0, at, count) : buffer!.narrow(0, 0, count);
            source.Read(name, at * width, target.bytes);
            if (!direct)
            {
                flat.narrow(0, at, count).copy_(target);
            }
        }

        return result.DetachFromDisposeScope();
    }

    /// <summary>Reads a quantised matrix's blocks as they are in the file; the caller owns them.</summary>
    /// <param name="source">Where it lies.</param>
    /// <param name="name">Its name there.</param>
    /// <returns>[rows, bytes of a row], uint8, on the CPU.</returns>
    public static Tensor ReadBlocks(Gguf source, string name)
    {
        var entry = source.Tensor(name);
        using var scope = NewDisposeScope();
        long rows = entry.Info.Shape[0];
        var blocks = empty([rows, entry.ByteLength / rows], dtype: uint8, device: CPU);
        var flat = blocks.view(-1);
        for (long at = 0; at < entry.ByteLength; at += Slice)
        {
            using var inner = NewDisposeScope();
            int count = (int)Math.Min(Slice, entry.ByteLength - at);
            source.Raw(name, at, count).CopyTo(flat.narrow(0, at, count).bytes);
        }

        return blocks.DetachFromDisposeScope();
    }

    /// <summary>Writes a tensor's elements, row-major and little-endian.</summary>
    /// <param name="tensor">Any tensor.</param>
    /// <param name="type">The type written.</param>
    /// <param name="stream">Where to.</param>
    public static void Write(Tensor tensor, ScalarType type, Stream stream)
    {
        using var scope = NewDisposeScope();
        var flat = tensor.detach().contiguous().view(-1);
        long perSlice = Slice / Math.Max(1, tensor.element_size()), total = flat.size(0);
        for (long at = 0; at < total; at += perSlice)
        {
            using var inner = NewDisposeScope();
            var part = flat.narrow(0, at, Math.Min(perSlice, total - at)).to(type).cpu().contiguous();
            stream.Write(part.bytes);
        }
    }

    /// <summary>Copies the elements of a float32 tensor into an array, which is made anew only where it is too short.</summary>
    public static unsafe void CopyTo(Tensor tensor, ref float[] destination)
    {
        using var scope = NewDisposeScope();
        var source = tensor.detach().cpu().contiguous();
        int count = checked((int)source.numel());
        destination = destination.Length < count ? new float[count] : destination;
        new ReadOnlySpan<float>(TensorPointer.Of<float>(source), count).CopyTo(destination);
    }

    /// <summary>A tensor on its way into a safetensors file.</summary>
    /// <param name="name">Its name there.</param>
    /// <param name="tensor">Any tensor; it must live until it is written.</param>
    /// <param name="type">The type written.</param>
    public static TensorToWrite ToWrite(string name, Tensor tensor, ScalarType type) =>
        new(new TensorInfo(name, TypeOf(type), tensor.shape), stream => Write(tensor, type, stream));

    /// <summary>A copy of a tensor's elements as float32.</summary>
    public static float[] ToFloats(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(float32).cpu().contiguous().data<float>().ToArray();
    }
}
