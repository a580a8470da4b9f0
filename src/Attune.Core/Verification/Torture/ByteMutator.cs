using System.Buffers.Binary;

namespace Attune.Verification;

/// <summary>Damage that knows nothing of a format, and the numbers at which readers break.</summary>
internal static class ByteMutator
{
    private static readonly ulong[] Numbers =
    [
        0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 31, 32, 33, 64, 127, 128, 255, 256, 257, 1000, 4095, 4096, 65535, 65536, 100_000_000, 100_000_001,
        int.MaxValue, 1UL << 31, uint.MaxValue, 1UL << 32, (1UL << 32) + 1, 1UL << 40, (1UL << 53) + 1, (1UL << 60) + 1, 1UL << 61, 1UL << 62,
        long.MaxValue - 7, long.MaxValue, 1UL << 63, ulong.MaxValue - 31, ulong.MaxValue - 1, ulong.MaxValue,
    ];

    /// <summary>A number that readers tend to forget, or one near <paramref name="current"/>.</summary>
    public static ulong Number(Random random, ulong current) => random.Next(4) switch
    {
        0 => unchecked(current + (ulong)random.Next(1, 40)),
        1 => unchecked(current - (ulong)random.Next(1, 40)),
        2 => (ulong)random.NextInt64() >> random.Next(64),
        _ => Numbers[random.Next(Numbers.Length)],
    };

    /// <summary>Bits flipped, bytes cut out, put in, doubled or moved, a number written over, the end cut off or grown.</summary>
    public static byte[] Damage(Random random, byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        int at = random.Next(bytes.Length);
        int length = Math.Min(random.Next(1, 17), bytes.Length - at);
        var piece = bytes.AsSpan(at, length);
        switch (random.Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                random.NextBytes(piece);
                return bytes;
            case 2:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)];
            case 3:
                return [.. bytes.AsSpan(0, at), .. piece, .. bytes.AsSpan(at)];
            case 4:
                return bytes[..at];
            case 5:
                var more = new byte[random.Next(1, 70)];
                random.NextBytes(more);
                return [.. bytes, .. more];
            case 6:
                var rest = bytes.AsSpan(at + length).ToArray();
                return [.. bytes.AsSpan(0, at), .. rest, .. piece];
            default:
                Span<byte> number = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(number, Number(random, 0));
                number[..Math.Min(8, bytes.Length - at)].CopyTo(bytes.AsSpan(at));
                return bytes;
        }
    }
}
