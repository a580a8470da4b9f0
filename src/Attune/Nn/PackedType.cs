using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Attune.Formats;

namespace Attune.Nn;

/// <summary>What codes are multiplied by in 32 elements of a row.</summary>
internal enum PackedScales
{
    /// <summary>A scale.</summary>
    One,

    /// <summary>A scale; the codes begin at 8.</summary>
    Centred,

    /// <summary>A scale, and a minimum that is added.</summary>
    WithMinimum,

    /// <summary>A scale and a minimum, each times a small integer; the minimum is taken away.</summary>
    InParts,

    /// <summary>A scale, times a small integer for the first 16 elements and another for the rest.</summary>
    OfHalves,
}

/// <summary>32 elements of a row.</summary>
/// <param name="Scale">In half precision.</param>
/// <param name="Minimum">In half precision; 0 where there is none.</param>
/// <param name="Part">The first small integer, signed or not as the type has it.</param>
/// <param name="Other">The second.</param>
/// <param name="First">The codes of the first 16.</param>
/// <param name="Second">Those of the rest.</param>
internal readonly record struct PackedRun(ushort Scale, ushort Minimum, byte Part, byte Other, Vector128<byte> First, Vector128<byte> Second);

/// <summary>How the blocks of a type of GGUF lie in <see cref="PackingKernel"/>.</summary>
/// <param name="Scales">What codes are multiplied by.</param>
/// <param name="IsWide">Whether codes are signed bytes, else 4 bits.</param>
/// <param name="Read">Reads 32 elements of a number from a block of the file.</param>
internal sealed record PackedType(PackedScales Scales, bool IsWide, PackedType.Reader Read)
{
    private const int Elements = PackingKernel.Elements;

    private static readonly Dictionary<string, PackedType> All = new()
    {
        ["Q4_0"] = new(PackedScales.Centred, false, (block, _) => Of(block, LegacyQuants.Nibbles(block[2..]))),
        ["Q4_1"] = new(PackedScales.WithMinimum, false, (block, _) => Of(block, LegacyQuants.Nibbles(block[4..]), Half(block[2..]))),
        ["Q5_0"] = new(PackedScales.One, true, (block, _) => Of(block, Less(LegacyQuants.WithFifthBits(block[2..], block[6..]), 16))),
        ["Q5_1"] = new(PackedScales.WithMinimum, true, (block, _) => Of(block, LegacyQuants.WithFifthBits(block[4..], block[8..]), Half(block[2..]))),
        ["Q8_0"] = new(PackedScales.One, true, (block, _) => Of(block, (Vector128.Create(block[2..]), Vector128.Create(block[18..])))),
        ["Q4_K"] = new(PackedScales.InParts, false, (block, run) => InParts(block, run, (KQuants.CodesQ4(block, 2 * run), KQuants.CodesQ4(block, (2 * run) + 1)))),
        ["Q5_K"] = new(PackedScales.InParts, true, (block, run) => InParts(block, run, (KQuants.CodesQ5(block, 2 * run), KQuants.CodesQ5(block, (2 * run) + 1)))),
        ["Q6_K"] = new(PackedScales.OfHalves, true, (block, run) => new PackedRun(
            Half(block[208..]), 0, block[192 + (2 * run)], block[193 + (2 * run)], KQuants.CodesQ6(block, 2 * run).AsByte(), KQuants.CodesQ6(block, (2 * run) + 1).AsByte())) { HalvesAt = 208 },
    };

    /// <summary>Reads 32 elements.</summary>
    /// <param name="block">A block of the file.</param>
    /// <param name="run">Which 32 of it.</param>
    public delegate PackedRun Reader(ReadOnlySpan<byte> block, int run);

    /// <summary>Numbers in half precision for 32 elements.</summary>
    public int Halves => Scales is PackedScales.WithMinimum or PackedScales.InParts ? 2 : 1;

    /// <summary>Where they are in a block of the file.</summary>
    public int HalvesAt { get; private init; }

    /// <summary>Small integers for 32 elements, of one byte.</summary>
    public int Parts => Scales is PackedScales.InParts or PackedScales.OfHalves ? 2 : 0;

    /// <summary>Bytes of 32 elements that lie before the codes.</summary>
    public int Header => (Halves * sizeof(ushort)) + Parts;

    /// <summary>Bytes of 32 elements.</summary>
    public int Bytes => Header + (IsWide ? Elements : Elements / 2);

    /// <summary>How a type is packed; null: it is not.</summary>
    public static PackedType? Of(GgufType format) => All.GetValueOrDefault(format.Name);

    /// <summary>Bytes of a matrix's elements.</summary>
    public long BytesOf(long elements) => elements / Elements * Bytes;

    private static PackedRun Of(ReadOnlySpan<byte> block, (Vector128<byte> First, Vector128<byte> Second) codes, ushort minimum = 0) =>
        new(Half(block), minimum, 0, 0, codes.First, codes.Second);

    private static PackedRun InParts(ReadOnlySpan<byte> block, int run, (Vector128<byte> First, Vector128<byte> Second) codes)
    {
        var (part, least) = KQuants.ScaleAndMinimum(block.Slice(4, 12), run);
        return new(Half(block), Half(block[2..]), (byte)part, (byte)least, codes.First, codes.Second);
    }

    private static (Vector128<byte> First, Vector128<byte> Second) Less((Vector128<byte> First, Vector128<byte> Second) codes, byte by) =>
        (codes.First - Vector128.Create(by), codes.Second - Vector128.Create(by));

    private static ushort Half(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<ushort>(bytes);
}
