using Attune.Formats;
using Attune.Formats.Bitsandbytes;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>quantization</c>: bitsandbytes' 4-bit and 8-bit blocks, there and back.</summary>
internal sealed class QuantizationCheck : IFixtureCheck
{
    public string Kind => "quantization";

    public FixtureResult Check(Fixture fixture)
    {
        using var inputs = Safetensors.Open(fixture.Resolve("inputs.safetensors"));
        using var expected = Safetensors.Open(fixture.Resolve("expected.safetensors"));
        float[] values = inputs.ReadFloats("x");
        int blockSize = fixture.Json.GetProperty("block_size").GetInt32();
        var comparison = new TensorComparison(fixture.Tolerance);
        var made = fixture.Text("method") switch
        {
            "nf4" => FourBit(fixture, values, FourBitKind.NormalFloat, blockSize),
            "fp4" => FourBit(fixture, values, FourBitKind.Float, blockSize),
            "dynamic-8bit" => EightBit(EightBitBlocks.Quantize(values, blockSize)),
            _ => null,
        };
        if (made is null)
        {
            return FixtureResult.Skip($"quantisation {fixture.Text("method")} is not there yet");
        }

        foreach (string name in expected.Tensors.Keys)
        {
            Compare(name, made, expected, comparison);
        }

        return comparison.Result;
    }

    private static void Compare(string name, Dictionary<string, object> made, Safetensors expected, TensorComparison comparison)
    {
        TensorInfo tensor = expected.Tensors[name];
        switch (made.GetValueOrDefault(name))
        {
            case float[] values:
                comparison.Compare(name, tensor.Shape, values, expected);
                break;
            case byte[] codes:
                byte[] wanted = new byte[tensor.ByteLength];
                expected.Read(name, 0, wanted);
                if (!codes.AsSpan().SequenceEqual(wanted))
                {
                    comparison.Problem($"{name} differs at {codes.AsSpan().CommonPrefixLength(wanted)}");
                }

                break;
            default:
                comparison.Problem($"{name} has no counterpart");
                break;
        }
    }

    private static Dictionary<string, object> FourBit(Fixture fixture, float[] values, FourBitKind kind, int blockSize)
    {
        FourBitBlocks blocks = FourBitBlocks.Quantize(values, kind, blockSize, fixture.Is("double_quantization"));
        var made = new Dictionary<string, object>
        {
            ["code"] = FourBitCode.Of(kind).Values.ToArray(),
            ["codes"] = Enumerable.Range(0, blocks.Length).Select(blocks.CodeOf).ToArray(),
            ["packed"] = blocks.Packed,
            ["absmax"] = blocks.Scales.Values,
            ["dequantized"] = blocks.Dequantize(),
        };
        if (blocks.Scales.Quantized is { } scales)
        {
            made["absmax_codes"] = scales.Codes;
            made["absmax_absmax"] = scales.AbsMax;
            made["absmax_code"] = DynamicCode.Values.ToArray();
            made["absmax_offset"] = new[] { blocks.Scales.Offset };
        }

        return made;
    }

    private static Dictionary<string, object> EightBit(EightBitBlocks blocks) => new()
    {
        ["code"] = DynamicCode.Values.ToArray(),
        ["codes"] = blocks.Codes,
        ["absmax"] = blocks.AbsMax,
        ["dequantized"] = blocks.Dequantize(),
    };
}
