using System.Buffers.Binary;
using System.IO.Compression;

namespace Attune.Images;

/// <summary>
/// PNG in grey of 16 bits (PNG specification, third edition). Pillow clips such numbers at 255 where it makes RGB of them; decoders scale them.
/// </summary>
internal static class GreyPng
{
    private const int HeaderLength = 8 + 25;
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    // Adam7: where each pass begins and how far apart its pixels are.
    private static readonly (int X, int Y, int AcrossStep, int DownStep)[] Passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Whether a file is such a PNG.</summary>
    public static bool Is16Bit(ReadOnlySpan<byte> file) => file.Length >= HeaderLength && file.StartsWith(Signature) && file[12..16].SequenceEqual("IHDR"u8) && file[24] == 16 && file[25] == 0;

    /// <summary>Reads it.</summary>
    public static Picture Read(ReadOnlySpan<byte> file, string place)
    {
        int width = BinaryPrimitives.ReadInt32BigEndian(file[16..]), height = BinaryPrimitives.ReadInt32BigEndian(file[20..]);
        PictureReader.RequireSize(width, height, place);
        byte[] rgb = new byte[(long)width * height * 3];
        using var packed = new MemoryStream(Data(file, place));
        using var stream = new ZLibStream(packed, CompressionMode.Decompress);
        try
        {
            foreach (var (x, y, across, down) in file[28] == 0 ? [(0, 0, 1, 1)] : Passes)
            {
                int columns = (width - x + across - 1) / across, rows = (height - y + down - 1) / down;
                if (columns > 0 && rows > 0)
                {
                    ReadPass(stream, columns, rows, (column, row, grey) => rgb.AsSpan((int)(3L * (((long)(y + (row * down)) * width) + x + (column * across))), 3).Fill(grey));
                }
            }
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw new AttuneException(ExitCode.BadData, place, "the picture is damaged or cut off", "fetch it again, or leave it out", error);
        }

        return new Picture(width, height, rgb);
    }

    // The content of all IDAT chunks.
    private static byte[] Data(ReadOnlySpan<byte> file, string place)
    {
        using var data = new MemoryStream();
        for (int at = 8; at + 12 <= file.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12)
            {
                throw new AttuneException(ExitCode.BadData, place, "the picture's file ends before the picture does", "fetch it again, or leave it out");
            }

            if (file.Slice(at + 4, 4).SequenceEqual("IDAT"u8))
            {
                data.Write(file.Slice(at + 8, (int)length));
            }

            at += 12 + (int)length;
        }

        return data.ToArray();
    }

    private static void ReadPass(Stream stream, int columns, int rows, Action<int, int, byte> set)
    {
        byte[] above = new byte[columns * 2], line = new byte[columns * 2];
        for (int row = 0; row < rows; row++)
        {
            int filter = stream.ReadByte();
            stream.ReadExactly(line);
            Unfilter(filter, line, above);
            for (int column = 0; column < columns; column++)
            {
                int value = BinaryPrimitives.ReadUInt16BigEndian(line.AsSpan(column * 2));
                set(column, row, (byte)Math.Min(value, byte.MaxValue));
            }

            (above, line) = (line, above);
        }
    }

    private static void Unfilter(int filter, byte[] line, byte[] above)
    {
        const int Pixel = 2;
        for (int i = 0; i < line.Length; i++)
        {
            int left = i < Pixel ? 0 : line[i - Pixel], corner = i < Pixel ? 0 : above[i - Pixel];
            int foretold = filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Paeth(left, above[i], corner),
                _ => throw new InvalidDataException("there is no such filter"),
            };
            line[i] = (byte)(line[i] + foretold);
        }
    }

    private static int Paeth(int left, int above, int corner)
    {
        int estimate = left + above - corner;
        int toLeft = Math.Abs(estimate - left), toAbove = Math.Abs(estimate - above), toCorner = Math.Abs(estimate - corner);
        if (toLeft <= toAbove && toLeft <= toCorner)
        {
            return left;
        }

        return toAbove <= toCorner ? above : corner;
    }
}
