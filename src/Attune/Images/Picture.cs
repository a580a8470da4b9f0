using Attune.Formats;

namespace Attune.Images;

/// <summary>A picture in memory: 8-bit RGB, row by row, as Pillow's <c>convert("RGB")</c> has it.</summary>
public sealed class Picture
{
    /// <summary>The most pixels that are read, as Pillow has it: beyond that a small file may stand for gigabytes.</summary>
    public const long MostPixels = 178_956_970;

    /// <summary>Takes pixels.</summary>
    /// <param name="width">Pixels of a row; at least 1.</param>
    /// <param name="height">Rows; at least 1.</param>
    /// <param name="rgb">[height, width, 3], row-major; not copied.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public Picture(int width, int height, byte[] rgb)
    {
        ArgumentNullException.ThrowIfNull(rgb);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (rgb.LongLength != (long)width * height * 3)
        {
            throw new ArgumentException($"a picture of {width} x {height} has {(long)width * height * 3} bytes, not {rgb.LongLength}", nameof(rgb));
        }

        Width = width;
        Height = height;
        Rgb = rgb;
    }

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>[height, width, 3], row-major.</summary>
    public byte[] Rgb { get; }

    /// <summary>
    /// Reads a file as transformers' <c>load_image</c> does: turned upright by its EXIF orientation, then RGB; alpha is dropped, not blended, colour
    /// profiles are ignored, 16-bit grey is clipped at 255. PNG, JPEG, WebP, GIF (the first frame) and BMP.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AttuneException">It is absent, empty, cut off, too large, or of another kind.</exception>
    public static Picture Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path))
        {
            throw new AttuneException(ExitCode.MissingInput, path, Directory.Exists(path) ? "is a folder, not a picture" : "there is no such picture");
        }

        using var file = MappedFile.Open(path);
        return PictureReader.Read(file.Head().ToArray(), path);
    }

    /// <summary>Reads a picture from memory, as <see cref="Open"/> does.</summary>
    /// <param name="file">The bytes of a file.</param>
    /// <param name="place">What messages call it.</param>
    /// <exception cref="AttuneException">As <see cref="Open"/>.</exception>
    public static Picture Read(ReadOnlySpan<byte> file, string place) => PictureReader.Read(file.ToArray(), place);
}
