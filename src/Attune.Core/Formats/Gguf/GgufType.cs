namespace Attune.Formats;

/// <summary>Turns whole blocks of a quantised type into float32.</summary>
internal delegate void Dequantizer(ReadOnlySpan<byte> blocks, Span<float> values);

/// <summary>Turns float32 into whole blocks of a quantised type.</summary>
internal delegate void Quantizer(ReadOnlySpan<float> values, Span<byte> blocks);

/// <summary>A tensor type of GGUF: its number in the file, its block, and the codec where it is not a plain element type.</summary>
/// <param name="Id">The number in the file.</param>
/// <param name="Name">ggml's name.</param>
/// <param name="BlockElements">How many elements a block holds; rows are whole blocks.</param>
/// <param name="BlockBytes">How many bytes a block has.</param>
/// <param name="Type">What reading gives.</param>
internal sealed record GgufType(int Id, string Name, int BlockElements, int BlockBytes, ElementType Type = ElementType.F32)
{
    private static readonly GgufType[] All =
    [
        new(0, "F32", 1, 4) { Quantize = PlainTypes.ToSingle },
        new(1, "F16", 1, 2, ElementType.F16) { Quantize = PlainTypes.ToHalf },
        new(2, "Q4_0", 32, 18) { Dequantize = LegacyQuants.DequantizeQ40, Quantize = LegacyQuants.QuantizeQ40 },
        new(3, "Q4_1", 32, 20) { Dequantize = LegacyQuants.DequantizeQ41, Quantize = LegacyQuants.QuantizeQ41 },
        new(6, "Q5_0", 32, 22) { Dequantize = LegacyQuants.DequantizeQ50, Quantize = LegacyQuants.QuantizeQ50 },
        new(7, "Q5_1", 32, 24) { Dequantize = LegacyQuants.DequantizeQ51, Quantize = LegacyQuants.QuantizeQ51 },
        new(8, "Q8_0", 32, 34) { Dequantize = LegacyQuants.DequantizeQ80, Quantize = LegacyQuants.QuantizeQ80 },
        new(10, "Q2_K", 256, 84) { Dequantize = KQuants.DequantizeQ2 },
        new(11, "Q3_K", 256, 110) { Dequantize = KQuants.DequantizeQ3 },
        new(12, "Q4_K", 256, 144) { Dequantize = KQuants.DequantizeQ4 },
        new(13, "Q5_K", 256, 176) { Dequantize = KQuants.DequantizeQ5 },
        new(14, "Q6_K", 256, 210) { Dequantize = KQuants.DequantizeQ6 },
        new(16, "IQ2_XXS", 256, 66) { Dequantize = IQuants.DequantizeIq2Xxs },
        new(17, "IQ2_XS", 256, 74) { Dequantize = IQuants.DequantizeIq2Xs },
        new(18, "IQ3_XXS", 256, 98) { Dequantize = IQuants.DequantizeIq3Xxs },
        new(19, "IQ1_S", 256, 50) { Dequantize = IQuants.DequantizeIq1S },
        new(20, "IQ4_NL", 32, 18) { Dequantize = TableQuants.DequantizeIq4Nl },
        new(21, "IQ3_S", 256, 110) { Dequantize = IQuants.DequantizeIq3S },
        new(22, "IQ2_S", 256, 82) { Dequantize = IQuants.DequantizeIq2S },
        new(23, "IQ4_XS", 256, 136) { Dequantize = TableQuants.DequantizeIq4Xs },
        new(24, "I8", 1, 1, ElementType.I8),
        new(25, "I16", 1, 2, ElementType.I16),
        new(26, "I32", 1, 4, ElementType.I32),
        new(27, "I64", 1, 8, ElementType.I64),
        new(28, "F64", 1, 8, ElementType.F64),
        new(29, "IQ1_M", 256, 56) { Dequantize = IQuants.DequantizeIq1M },
        new(30, "BF16", 1, 2, ElementType.BF16) { Quantize = PlainTypes.ToBfloat16 },
        new(34, "TQ1_0", 256, 54) { Dequantize = TernaryQuants.DequantizeTq1, Quantize = TernaryQuants.QuantizeTq1 },
        new(35, "TQ2_0", 256, 66) { Dequantize = TernaryQuants.DequantizeTq2, Quantize = TernaryQuants.QuantizeTq2 },
        new(39, "MXFP4", 32, 17) { Dequantize = TableQuants.DequantizeMxfp4, Quantize = TableQuants.QuantizeMxfp4 },
        new(40, "NVFP4", 64, 36) { Dequantize = TableQuants.DequantizeNvfp4 },
    ];

    /// <summary>Null for the plain element types.</summary>
    public Dequantizer? Dequantize { get; init; }

    /// <summary>Null where Attune only reads the type.</summary>
    public Quantizer? Quantize { get; init; }

    /// <summary>The type of a number in a file, or null.</summary>
    public static GgufType? Find(uint id) => Array.Find(All, type => (uint)type.Id == id);

    /// <summary>The names of the types that Attune writes, for messages.</summary>
    public static string Writable => string.Join(", ", All.Where(type => type.Quantize is not null).Select(type => type.Name));

    /// <summary>The type of ggml's name.</summary>
    public static GgufType Named(string name) =>
        Array.Find(All, type => type.Name == name) ?? throw new ArgumentOutOfRangeException(nameof(name), name, "no tensor type of GGUF");
}
