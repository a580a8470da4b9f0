using System.Text.Json;
using Attune.Formats;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>safetensors</c>: what a file or its shards hold, and files to be refused.</summary>
internal sealed class SafetensorsCheck : IFixtureCheck
{
    private static readonly Dictionary<string, ElementType> Types = new(StringComparer.Ordinal)
    {
        ["bool"] = ElementType.Bool, ["uint8"] = ElementType.U8, ["int8"] = ElementType.I8, ["uint16"] = ElementType.U16,
        ["int16"] = ElementType.I16, ["uint32"] = ElementType.U32, ["int32"] = ElementType.I32, ["uint64"] = ElementType.U64,
        ["int64"] = ElementType.I64, ["float16"] = ElementType.F16, ["bfloat16"] = ElementType.BF16, ["float32"] = ElementType.F32,
        ["float64"] = ElementType.F64, ["float8_e4m3fn"] = ElementType.F8E4M3, ["float8_e5m2"] = ElementType.F8E5M2,
        ["float8_e4m3fnuz"] = ElementType.F8E4M3Fnuz, ["float8_e5m2fnuz"] = ElementType.F8E5M2Fnuz, ["complex64"] = ElementType.C64,
    };

    public string Kind => "safetensors";

    public FixtureResult Check(Fixture fixture)
    {
        if (!fixture.Is("valid"))
        {
            return BrokenCases.Check(fixture, path => Safetensors.Open(path).Dispose());
        }

        string file = fixture.Resolve(fixture.Text("file")!);
        using ITensorSource source = file.EndsWith(".json", StringComparison.Ordinal) ? ShardedSafetensors.OpenIndex(file) : Safetensors.Open(file);
        var expected = fixture.ReadJsonFile(fixture.Text("expected")!);
        var comparison = new TensorComparison(fixture.Tolerance);
        if (source is Safetensors single)
        {
            CheckMetadata(single.Metadata, expected.GetProperty("metadata"), comparison);
        }

        var tensors = expected.GetProperty("tensors");
        if (source.Tensors.Count != tensors.GetPropertyCount())
        {
            comparison.Problem($"{source.Tensors.Count} tensors, expected {tensors.GetPropertyCount()}");
        }

        foreach (var entry in tensors.EnumerateObject())
        {
            CheckTensor(source, entry.Name, entry.Value, comparison);
        }

        return comparison.Result;
    }

    private static void CheckMetadata(IReadOnlyDictionary<string, string> metadata, JsonElement expected, TensorComparison comparison)
    {
        int count = expected.ValueKind == JsonValueKind.Null ? 0 : expected.GetPropertyCount();
        if (metadata.Count != count || (count > 0 && !expected.EnumerateObject().All(entry => metadata.GetValueOrDefault(entry.Name) == entry.Value.GetString())))
        {
            comparison.Problem($"metadata differ: {metadata.Count} entries, expected {expected.GetRawText()}");
        }
    }

    private static void CheckTensor(ITensorSource source, string name, JsonElement expected, TensorComparison comparison)
    {
        if (!source.Tensors.TryGetValue(name, out var tensor))
        {
            comparison.Problem($"{Names.Quote(name)} is missing");
            return;
        }

        if (tensor.Type != Types[expected.GetProperty("dtype").GetString()!]
            || !tensor.Shape.SequenceEqual(expected.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())))
        {
            comparison.Problem($"{Names.Quote(name)} is {tensor.Type} [{string.Join(", ", tensor.Shape)}]");
            return;
        }

        var bytes = new byte[tensor.ByteLength];
        source.Read(name, 0, bytes);
        if (expected.TryGetProperty("bytes", out var hexadecimal) && Convert.ToHexStringLower(bytes) is var actual && actual != hexadecimal.GetString())
        {
            comparison.Problem($"{Names.Quote(name)} has the bytes {actual}, expected {hexadecimal.GetString()}");
        }

        if (expected.TryGetProperty("file", out var file) && Path.GetFileName(((ShardedSafetensors)source).Shard(name).Path) != file.GetString())
        {
            comparison.Problem($"{Names.Quote(name)} does not come from {file.GetString()}");
        }

        var values = expected.GetProperty("values").EnumerateArray().SelectMany(Numbers).ToArray();
        comparison.Compare<double>(name, [values.Length], source.ReadDoubles(name), values);
    }

    // Complex numbers are pairs; what JSON cannot say is a string.
    private static double[] Numbers(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => [.. value.EnumerateArray().Select(part => part.GetDouble())],
        JsonValueKind.String => [double.Parse(value.GetString()!)],
        JsonValueKind.True => [1],
        JsonValueKind.False => [0],
        _ => [value.GetDouble()],
    };
}
