using SkiaSharp;

namespace Attune.Images;

/// <summary>Decodes pictures by Skia; only 16-bit grey, which Skia would scale, is read by <see cref="GreyPng"/>.</summary>
internal static class PictureReader
{
    private const string Kinds = "PNG, JPEG, WebP, GIF and BMP can be read: convert it to one of them";

    public static Picture Read(byte[] file, string place)
    {
        if (file.Length == 0)
        {
            throw new AttuneException(ExitCode.BadData, place, "the picture is empty (0 bytes)", "remove it, or fetch it again");
        }

        if (GreyPng.Is16Bit(file))
        {
            return GreyPng.Read(file, place);
        }

        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(new SKMemoryStream(data), out var created);
        if (codec is null)
        {
            string problem = created == SKCodecResult.Unimplemented ? "is no picture of a kind that can be read" : "is damaged or cut off, or no picture of a kind that can be read";
            throw new AttuneException(ExitCode.BadData, place, problem, Kinds);
        }

        var (width, height) = (codec.Info.Width, codec.Info.Height);
        RequireSize(width, height, place);

        // Without a colour space nothing is converted: the numbers of the file, as Pillow gives them.
        var wanted = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        byte[] pixels = new byte[wanted.BytesSize64];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* target = pixels)
            {
                result = codec.GetPixels(wanted, (nint)target);
            }
        }

        bool cutOff = result == SKCodecResult.IncompleteInput || (codec.EncodedFormat == SKEncodedImageFormat.Jpeg && !HasEnd(file));
        if (cutOff || result != SKCodecResult.Success)
        {
            throw new AttuneException(ExitCode.BadData, place,
                cutOff ? "the picture's file ends before the picture does" : $"the picture is damaged ({result})", "fetch it again, or leave it out");
        }

        byte[] rgb = new byte[(long)width * height * 3];
        for (long i = 0, from = 0; i < rgb.LongLength; i += 3, from += 4)
        {
            rgb[i] = pixels[from];
            rgb[i + 1] = pixels[from + 1];
            rgb[i + 2] = pixels[from + 2];
        }

        return Orientation.Upright(new Picture(width, height, rgb), (int)codec.EncodedOrigin);
    }

    // libjpeg makes grey of what is missing and says nothing. Within the data of a scan neither marker can occur.
    private static bool HasEnd(ReadOnlySpan<byte> jpeg) => jpeg.LastIndexOf([(byte)0xFF, (byte)0xD9]) > jpeg.LastIndexOf([(byte)0xFF, (byte)0xDA]);

    /// <summary>Refuses what would take gigabytes.</summary>
    public static void RequireSize(int width, int height, string place)
    {
        if (width < 1 || height < 1 || (long)width * height > Picture.MostPixels)
        {
            throw new AttuneException(ExitCode.BadData, place, $"the picture has {width} x {height} pixels; at least one and at most {Picture.MostPixels:N0} are read", "make it smaller");
        }
    }
}
