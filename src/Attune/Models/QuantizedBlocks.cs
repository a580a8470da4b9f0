using System.Runtime.InteropServices;
using Attune.Formats;
using Attune.Nn;

namespace Attune.Models;

/// <summary>Looks over the blocks of a GGUF file's matrix before they are computed with as they are.</summary>
internal static class QuantizedBlocks
{
    private const int Slice = 1 << 20;
    private const ushort Exponent = 0x7C00;

    /// <summary>Whether every block's scale, and its minimum where it has one, is a finite number.</summary>
    public static bool AreFinite(Gguf source, string name)
    {
        var tensor = source.Tensor(name);
        var type = PackedType.Of(tensor.Type)!;
        int size = tensor.Type.BlockBytes;
        long most = Slice / size * size;
        for (long at = 0; at < tensor.ByteLength; at += most)
        {
            var bytes = source.Raw(name, at, (int)Math.Min(most, tensor.ByteLength - at));
            for (; !bytes.IsEmpty; bytes = bytes[size..])
            {
                foreach (ushort half in MemoryMarshal.Cast<byte, ushort>(bytes.Slice(type.HalvesAt, type.Halves * sizeof(ushort))))
                {
                    if ((half & Exponent) == Exponent)
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }
}
