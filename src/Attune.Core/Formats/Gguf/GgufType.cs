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
        new(3, "Q4_1", 32, 20) { Dequantize = LegacyQuants.DequantizeQ41 },
        new(8, "Q8_0", 32, 34) { Dequantize = LegacyQuants.DequantizeQ80 },
        new(24, "I8", 1, 1, ElementType.I8),
        new(25, "I16", 1, 2, ElementType.I16),
        new(26, "I32", 1, 4, ElementType.I32),
        new(27, "I64", 1, 8, ElementType.I64),
        new(28, "F64", 1, 8, ElementType.F64),
        new(30, "BF16", 1, 2, ElementType.BF16) { Quantize = PlainTypes.ToBfloat16 },
    ];

    /// <summary>Null for the plain element types.</summary>
    public Dequantizer? Dequantize { get; init; }

    /// <summary>Null where Attune only reads the type.</summary>
    public Quantizer? Quantize { get; init; }

    /// <summary>The type of a number in a file, or null.</summary>
    public static GgufType? Find(uint id) => Array.Find(All, type => (uint)type.Id == id);

    /// <summary>The type of ggml's name.</summary>
    public static GgufType Named(string name) =>
        Array.Find(All, type => type.Name == name) ?? throw new ArgumentOutOfRangeException(nameof(name), name, "no tensor type of GGUF");
}
