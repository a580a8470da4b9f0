using System.Globalization;
using System.Text.Json;
using Attune.Formats;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>gguf</c>: what a file holds, what its quantised tensors mean, and files to be refused.</summary>
internal sealed class GgufCheck : IFixtureCheck
{
    public string Kind => "gguf";

    public FixtureResult Check(Fixture fixture)
    {
        if (!fixture.Is("valid"))
        {
            return BrokenCases.Check(fixture, path => Gguf.Open(path).Dispose());
        }

        using var gguf = Gguf.Open(fixture.Resolve(fixture.Text("file")!));
        var comparison = new TensorComparison(fixture.Tolerance);
        if (fixture.Text("metadata") is { } metadata)
        {
            CheckMetadata(fixture, gguf, fixture.ReadJsonFile(metadata), comparison);
        }

        if (fixture.Json.TryGetProperty("tensors", out var tensors))
        {
            CheckTensors(fixture, gguf, tensors, comparison);
        }

        if (fixture.ResolveKey("quantize") is { } source)
        {
            CheckQuantize(gguf, source, comparison);
        }

        return comparison.Result;
    }

    private static void CheckMetadata(Fixture fixture, Gguf gguf, JsonElement expected, TensorComparison comparison)
    {
        if (gguf.Version != fixture.Json.GetProperty("version").GetInt32() || gguf.Alignment != fixture.Json.GetProperty("alignment").GetInt32())
        {
            comparison.Problem($"version {gguf.Version} with alignment {gguf.Alignment}");
        }

        foreach (var entry in expected.EnumerateObject())
        {
            if (!gguf.Metadata.TryGetValue(entry.Name, out object? value) || !Equal(value, entry.Value))
            {
                comparison.Problem($"metadata {entry.Name} is {Text(value)}, expected {entry.Value.GetRawText()}");
            }
        }

        if (gguf.Metadata.Count != expected.GetPropertyCount())
        {
            comparison.Problem($"{gguf.Metadata.Count} metadata entries, expected {expected.GetPropertyCount()}");
        }

        foreach (string name in gguf.Tensors.Keys)
        {
            gguf.ReadDoubles(name); // That every tensor can be read; what it holds is the matter of the type's own fixture.
        }
    }

    private static void CheckTensors(Fixture fixture, Gguf gguf, JsonElement listed, TensorComparison comparison)
    {
        if (gguf.Tensors.Count != listed.GetArrayLength())
        {
            comparison.Problem($"{gguf.Tensors.Count} tensors, expected {listed.GetArrayLength()}");
        }

        if (listed.GetArrayLength() == 0)
        {
            return;
        }

        using var expected = Safetensors.Open(fixture.Resolve("expected.safetensors"));
        foreach (var item in listed.EnumerateArray())
        {
            string name = item[0].GetString()!;
            if (!gguf.Tensors.TryGetValue(name, out var tensor) || !tensor.Shape.SequenceEqual(item[1].EnumerateArray().Select(size => size.GetInt64())))
            {
                comparison.Problem($"{name} is missing or has another shape than {item[1].GetRawText()}");
            }
            else if (tensor.Type != expected.Tensors[name].Type && tensor.Type != ElementType.BF16)
            {
                comparison.Problem($"{name} reads as {tensor.Type}, expected {expected.Tensors[name].Type}");
            }
            else
            {
                comparison.Compare<double>(name, tensor.Shape, gguf.ReadDoubles(name), expected.ReadDoubles(name));
                CheckParts(gguf, tensor, comparison);
            }
        }
    }

    // A tensor read in parts that cut its blocks is the same tensor.
    private static void CheckParts(Gguf gguf, TensorInfo tensor, TensorComparison comparison)
    {
        int size = tensor.Type.Size();
        var whole = new byte[tensor.ByteLength];
        var parts = new byte[tensor.ByteLength];
        gguf.Read(tensor.Name, 0, whole);
        for (int start = 0, length = size; start < parts.Length; start += length, length += 7 * size)
        {
            length = Math.Min(length, parts.Length - start);
            gguf.Read(tensor.Name, start, parts.AsSpan(start, length));
        }

        if (!whole.AsSpan().SequenceEqual(parts))
        {
            comparison.Problem($"{tensor.Name} read in parts differs from {tensor.Name} read whole");
        }
    }

    private static void CheckQuantize(Gguf gguf, string source, TensorComparison comparison)
    {
        using var values = Safetensors.Open(source);
        foreach (string name in values.Tensors.Keys)
        {
            var tensor = gguf.Tensor(name);
            if (tensor.Type.Quantize is not { } quantize)
            {
                comparison.Problem($"{name}: {tensor.Type.Name} cannot be written");
                continue;
            }

            var bytes = new byte[tensor.ByteLength];
            quantize(values.ReadFloats(name), bytes);
            int at = bytes.AsSpan().CommonPrefixLength(gguf.Raw(name));
            if (at < bytes.Length)
            {
                comparison.Problem($"{name} quantised: byte {at} (block {at / tensor.Type.BlockBytes}) is {bytes[at]}, expected {gguf.Raw(name)[at]}");
            }
        }
    }

    private static bool Equal(object value, JsonElement expected) => value switch
    {
        bool flag => expected.ValueKind == (flag ? JsonValueKind.True : JsonValueKind.False),
        string text => expected.ValueKind == JsonValueKind.String && expected.GetString() == text,
        Array array => expected.ValueKind == JsonValueKind.Array && array.Length == expected.GetArrayLength()
            && array.Cast<object>().Zip(expected.EnumerateArray()).All(pair => Equal(pair.First, pair.Second)),
        float number => expected.ValueKind == JsonValueKind.Number && (float)expected.GetDouble() == number,
        double number => expected.ValueKind == JsonValueKind.Number && expected.GetDouble() == number,
        _ => expected.ValueKind == JsonValueKind.Number && expected.GetRawText() == Text(value),
    };

    private static string Text(object? value) => value is null ? "missing" : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
