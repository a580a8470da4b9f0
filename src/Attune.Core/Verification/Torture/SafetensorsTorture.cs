using System.Buffers.Binary;
using System.Text;
using Attune.Formats;

namespace Attune.Verification;

/// <summary>Tortures the reader of safetensors: headers damaged token by token with their length put right (or not), and plain damage.</summary>
internal sealed class SafetensorsTorture : ITortureTarget
{
    private readonly List<byte[]> seeds = [.. Seeds()];

    public string Name => "safetensors";

    public byte[] Make(Random random)
    {
        byte[] seed = seeds[random.Next(seeds.Count)];
        if (random.Next(4) == 0)
        {
            return ByteMutator.Damage(random, [.. seed]);
        }

        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(seed);
        byte[] header = random.Next(10) == 0 ? seed[8..(8 + length)] : random.Next(400) == 0 ? ManyNames(random) : JsonMutator.Mutate(random, seed[8..(8 + length)]);
        byte[] data = random.Next(6) == 0 ? ByteMutator.Damage(random, seed[(8 + length)..]) : seed[(8 + length)..];
        var prefix = new byte[8];
        ulong told = random.Next(20) == 0 ? ByteMutator.Number(random, (ulong)header.Length) : (ulong)header.Length;
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, told);
        return [.. prefix, .. header, .. data];
    }

    public void Read(byte[] input)
    {
        var header = SafetensorsHeader.Parse(input, input.Length, Name);

        // What is read must cover the file's bytes, each once.
        long place = 0;
        foreach (var tensor in header.Tensors.Values.OrderBy(tensor => header.Begins[tensor.Name]).ThenBy(tensor => tensor.ByteLength))
        {
            if (header.Begins[tensor.Name] != place)
            {
                throw new InvalidOperationException($"tensor {tensor.Name} begins at {header.Begins[tensor.Name]}, not {place}");
            }

            place += tensor.ByteLength;
        }

        if (header.DataStart + place != input.Length)
        {
            throw new InvalidOperationException($"{input.Length - header.DataStart - place} bytes belong to nothing");
        }
    }

    private static byte[] ManyNames(Random random)
    {
        var header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        int count = random.Next(1, 20_000);
        for (int i = 0; i < count; i++)
        {
            header.Append($",\"{i}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}");
        }

        return Encoding.UTF8.GetBytes(header.Append('}').ToString());
    }

    // One seed for each element type and some forms of shape, one with everything.
    private static IEnumerable<byte[]> Seeds()
    {
        long[][] shapes = [[], [0], [1], [7], [2, 3], [3, 0, 2], [1, 1, 1, 1, 1, 1]];
        var all = new List<TensorToWrite>();
        foreach (var type in Enum.GetValues<ElementType>())
        {
            var tensors = shapes.Select((shape, i) => Zeros(new TensorInfo($"{type}.{i}", type, shape))).ToList();
            all.AddRange(tensors);
            yield return File(tensors.Take(2));
            yield return File(tensors);
        }

        yield return File(all);
        yield return File([]);
        yield return File([Zeros(new TensorInfo("", ElementType.F32, [2])), Zeros(new TensorInfo("naïve.日本 😀\n\"\\", ElementType.U8, [3]))]);
    }

    private static TensorToWrite Zeros(TensorInfo info) => TensorToWrite.FromBytes(info, new byte[info.ByteLength]);

    private static byte[] File(IEnumerable<TensorToWrite> tensors)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, new Dictionary<string, string> { ["note"] = "seed" });
        return stream.ToArray();
    }
}
