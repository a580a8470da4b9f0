using System.Buffers.Binary;
using System.IO.Compression;
using SkiaSharp;

namespace Attune.Images;

/// <summary>Pictures of every kind, good and bad; what Pillow makes of them is in the parity fixtures.</summary>
public sealed class PictureTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void A_picture_comes_back_as_it_was_and_its_alpha_is_dropped(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(3, 2, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        SKColor[] colours = [new(255, 0, 0), new(0, 255, 0), new(0, 0, 255), new(10, 20, 30, 128), new(40, 50, 60, 1), new(70, 80, 90)];
        bitmap.Pixels = colours;
        using var pixels = bitmap.PeekPixels();
        using var encoded = format == SKEncodedImageFormat.Png ? pixels.Encode(format, 100) : pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100));
        var picture = Picture.Read(encoded!.ToArray(), "x");
        Assert.Equal((3, 2), (picture.Width, picture.Height));
        Assert.Equal(colours.SelectMany(colour => new[] { colour.Red, colour.Green, colour.Blue }), picture.Rgb);
    }

    [Fact]
    public void Every_orientation_of_EXIF_is_turned_upright()
    {
        // Seen upright: A B C above D E F.
        byte[] upright = [.. "ABCDEF"u8.ToArray().SelectMany(letter => new[] { letter, letter, letter })];
        (int Exif, int Width, string Stored)[] cases =
            [(1, 3, "ABCDEF"), (2, 3, "CBAFED"), (3, 3, "FEDCBA"), (4, 3, "DEFABC"), (5, 2, "ADBECF"), (6, 2, "CFBEAD"), (7, 2, "FCEBDA"), (8, 2, "DAEBFC"), (9, 3, "ABCDEF")];
        foreach (var (exif, width, stored) in cases)
        {
            var picture = new Picture(width, 6 / width, [.. stored.SelectMany(letter => new[] { (byte)letter, (byte)letter, (byte)letter })]);
            var turned = Orientation.Upright(picture, exif);
            Assert.Equal((3, 2), (turned.Width, turned.Height));
            Assert.Equal(upright, turned.Rgb);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 0)]
    [InlineData(0, 1)]
    [InlineData(4, 1)]
    public void Sixteen_bits_of_grey_are_clipped_whatever_the_filter_and_the_order(int filter, byte interlaced)
    {
        ushort[] values = [0, 1, 254, 255, 256, 65535, 7, 300, 12, 200, 33, 44, 55, 66, 77];
        var picture = Picture.Read(GreyOf16Bits(5, 3, values, filter, interlaced), "x");
        Assert.Equal(values.SelectMany(value => Enumerable.Repeat((byte)Math.Min((int)value, 255), 3)), picture.Rgb);
    }

    [Fact]
    public void What_is_no_picture_is_refused_with_place_and_cure()
    {
        byte[] good = GreyOf16Bits(5, 3, new ushort[15], 0, 0);
        using var bitmap = new SKBitmap(new SKImageInfo(200, 200, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Pixels = [.. Enumerable.Range(0, 40_000).Select(i => new SKColor((byte)(i * 7), (byte)(i * 31), (byte)(i * 101)))];
        byte[] png = bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray(), jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90).ToArray();
        (string Words, byte[] File)[] cases =
        [
            ("is empty (0 bytes)", []), ("of a kind that can be read", "just a text, no picture"u8.ToArray()), ("cut off", good[..^20]), ("or cut off", [.. good[..40], .. new byte[60]]),
            ("damaged", png[..(png.Length / 2)]), ("ends before the picture does", jpeg[..(jpeg.Length / 2)]),
        ];
        foreach (var (words, file) in cases)
        {
            string path = folder["bad"];
            File.WriteAllBytes(path, file);
            var error = Assert.Throws<AttuneException>(() => Picture.Open(path));
            Assert.True(error.Place == path && error.Cure is not null && error.ExitCode == ExitCode.BadData, error.Message);
            Assert.True(error.Message.Contains(words, StringComparison.Ordinal) || error.Message.Contains("ends before", StringComparison.Ordinal), $"{words}: {error.Message}");
        }

        Assert.Equal(ExitCode.MissingInput, Assert.Throws<AttuneException>(() => Picture.Open(folder["absent.png"])).ExitCode);
    }

    [Fact]
    public void A_small_file_that_claims_a_huge_picture_is_refused_before_memory_is_taken()
    {
        byte[] file = GreyOf16Bits(5, 3, new ushort[15], 0, 0);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), 1_000_000);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), 1_000_000);
        Assert.Contains("1000000 x 1000000 pixels", Assert.Throws<AttuneException>(() => Picture.Read(file, "x")).Message);
    }

    [Fact]
    public void Damaged_files_are_pictures_or_errors_and_nothing_else()
    {
        using var bitmap = new SKBitmap(20, 17);
        byte[][] files = [GreyOf16Bits(9, 7, [.. Enumerable.Range(0, 63).Select(i => (ushort)(i * 1000))], 4, 1),
            bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray(), bitmap.Encode(SKEncodedImageFormat.Jpeg, 90).ToArray(), bitmap.Encode(SKEncodedImageFormat.Webp, 90).ToArray()];
        var random = new Random(5);
        for (int round = 0; round < 2000; round++)
        {
            byte[] broken = [.. files[round % files.Length]];
            for (int i = 0; i < 1 + (round % 7); i++)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            }

            broken = round % 3 == 0 ? broken[..random.Next(broken.Length)] : broken;
            try
            {
                Picture.Read(broken, "x");
            }
            catch (AttuneException)
            {
            }
        }
    }

    [Fact]
    public void Resizing_to_the_same_size_changes_nothing_and_one_colour_stays_one_colour()
    {
        var grey = new Picture(13, 7, [.. Enumerable.Repeat((byte)77, 13 * 7 * 3)]);
        foreach (var way in Enum.GetValues<Resampling>())
        {
            Assert.Same(grey, PictureResize.To(grey, 13, 7, way));
            Assert.All(PictureResize.To(grey, 5, 20, way).Rgb, value => Assert.Equal(77, value));
        }
    }

    private static byte[] GreyOf16Bits(int width, int height, ushort[] values, int filter, byte interlaced)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            (int X, int Y, int Across, int Down)[] passes = interlaced == 0 ? [(0, 0, 1, 1)]
                : [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
            foreach (var (x, y, across, down) in passes.Where(pass => pass.X < width && pass.Y < height))
            {
                byte[] above = [];
                for (int row = y; row < height; row += down)
                {
                    byte[] line = [.. Enumerable.Range(0, width).Where(column => column >= x && (column - x) % across == 0)
                        .SelectMany(column => new[] { (byte)(values[(row * width) + column] >> 8), (byte)values[(row * width) + column] })];
                    above = above.Length == 0 ? new byte[line.Length] : above;
                    zlib.WriteByte((byte)filter);
                    zlib.Write(Filtered(line, above, filter));
                    above = line;
                }
            }
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[12]) = (16, interlaced);
        return [0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Filtered(byte[] line, byte[] above, int filter) => [.. line.Select((value, i) =>
    {
        int left = i < 2 ? 0 : line[i - 2], corner = i < 2 ? 0 : above[i - 2], up = above[i];
        int estimate = left + up - corner;
        int paeth = new[] { left, up, corner }.MinBy(one => Math.Abs(estimate - one));
        return (byte)(value - new[] { 0, left, up, (left + up) / 2, paeth }[filter]);
    })];

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] data)
    {
        byte[] length = new byte[4], check = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc([.. name, .. data]));
        return [.. length, .. name, .. data, .. check];
    }

    private static uint Crc(byte[] data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
