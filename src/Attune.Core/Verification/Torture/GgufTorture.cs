using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Attune.Formats;

namespace Attune.Verification;

/// <summary>Tortures the reader of GGUF: the file as a list of fields, of which some get another number, go missing or come twice.</summary>
internal sealed class GgufTorture : ITortureTarget
{
    private static readonly string[] Types =
    [
        "F32", "F16", "BF16", "F64", "I8", "I16", "I32", "I64", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
        "IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ4_NL", "IQ4_XS", "TQ1_0", "TQ2_0", "MXFP4", "NVFP4",
    ];

    public string Name => "gguf";

    public byte[] Make(Random random)
    {
        var fields = Fields(random);
        for (int i = random.Next(4) == 0 ? 0 : random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(fields.Count);
            switch (random.Next(8))
            {
                case 0:
                    fields.RemoveAt(at);
                    break;
                case 1:
                    fields.Insert(at, fields[at]);
                    break;
                case 2:
                    fields[at] = ByteMutator.Damage(random, [.. fields[at]]);
                    break;
                case 3:
                    int other = random.Next(fields.Count);
                    (fields[at], fields[other]) = (fields[other], fields[at]);
                    break;
                default:
                    fields[at] = OtherNumber(random, fields[at]);
                    break;
            }
        }

        byte[] file = [.. fields.SelectMany(field => field)];
        return random.Next(5) == 0 ? ByteMutator.Damage(random, file) : file;
    }

    public void Read(byte[] input)
    {
        var directory = GgufDirectory.Parse(input, input.Length, Name);
        var values = new float[256];
        long end = 0;
        foreach (var (_, tensor) in directory.Tensors)
        {
            if (tensor.Offset < end || tensor.Offset + tensor.ByteLength > input.Length)
            {
                throw new InvalidOperationException($"tensor {tensor.Info.Name} lies at {tensor.Offset}, before {end} or beyond the file");
            }

            end = tensor.Offset + tensor.ByteLength;
            if (tensor.ByteLength > 0)
            {
                tensor.Type.Dequantize?.Invoke(input.AsSpan((int)tensor.Offset, tensor.Type.BlockBytes), values.AsSpan(0, tensor.Type.BlockElements));
            }
        }
    }

    private static byte[] OtherNumber(Random random, byte[] field)
    {
        byte[] result = [.. field];
        switch (field.Length)
        {
            case 4:
                BinaryPrimitives.WriteUInt32LittleEndian(result, (uint)ByteMutator.Number(random, BinaryPrimitives.ReadUInt32LittleEndian(field)));
                return result;
            case 8:
                BinaryPrimitives.WriteUInt64LittleEndian(result, ByteMutator.Number(random, BinaryPrimitives.ReadUInt64LittleEndian(field)));
                return result;
            default:
                random.NextBytes(result);
                return result;
        }
    }

    // A good file: a few metadata of random types and a few tensors, field by field.
    private static List<byte[]> Fields(Random random)
    {
        var fields = new List<byte[]>();
        int tensors = random.Next(4), entries = random.Next(6);
        fields.Add([.. "GGUF"u8]);
        Add(fields, (uint)random.Next(2, 4));
        Add(fields, (ulong)tensors);
        Add(fields, (ulong)entries + 2);
        Text(fields, "general.architecture");
        Add(fields, 8u);
        Text(fields, "llama");
        Text(fields, "general.alignment");
        Add(fields, 4u);
        Add(fields, 32u);
        for (int i = 0; i < entries; i++)
        {
            Text(fields, "key." + i);
            uint type = (uint)random.Next(13);
            Add(fields, type);
            Value(random, fields, type, 0);
        }

        var sizes = Tensors(random, fields, tensors);
        foreach (long size in sizes)
        {
            fields.Add(new byte[-fields.Sum(field => field.Length) & 31]);
            var data = new byte[size];
            random.NextBytes(data);
            fields.Add(data);
        }

        return fields;
    }

    private static List<long> Tensors(Random random, List<byte[]> fields, int count)
    {
        var sizes = new List<long>();
        long offset = 0;
        for (int i = 0; i < count; i++)
        {
            var type = GgufType.Named(Types[random.Next(Types.Length)]);
            long row = type.BlockElements * random.Next(1, 3);
            long[] shape = [row, .. Enumerable.Range(0, random.Next(4)).Select(_ => (long)random.Next(1, 4))];
            Text(fields, $"blk.{i}.weight");
            Add(fields, (uint)shape.Length);
            foreach (long size in shape)
            {
                Add(fields, size);
            }

            Add(fields, type.Id);
            Add(fields, offset);
            sizes.Add(shape.Aggregate((a, b) => a * b) / type.BlockElements * type.BlockBytes);
            offset = (offset + sizes[^1] + 31) & -32L;
        }

        return sizes;
    }

    private static void Value(Random random, List<byte[]> fields, uint type, int depth)
    {
        switch (type)
        {
            case 0 or 1: fields.Add([(byte)random.Next(256)]); break;
            case 2 or 3: Add(fields, (ushort)random.Next()); break;
            case 4 or 5 or 6: Add(fields, random.Next()); break;
            case 7: fields.Add([(byte)random.Next(2)]); break;
            case 8: Text(fields, new string('é', random.Next(20))); break;
            case 9:
                uint element = depth < 3 ? (uint)random.Next(13) : 8;
                int count = random.Next(5);
                Add(fields, element);
                Add(fields, (ulong)count);
                for (int i = 0; i < count; i++)
                {
                    Value(random, fields, element, depth + 1);
                }

                break;
            default: Add(fields, random.NextInt64()); break;
        }
    }

    private static void Text(List<byte[]> fields, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Add(fields, (ulong)bytes.Length);
        fields.Add(bytes);
    }

    private static void Add<T>(List<byte[]> fields, T number)
        where T : unmanaged => fields.Add(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in number)).ToArray());
}
