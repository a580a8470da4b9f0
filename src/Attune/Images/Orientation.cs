namespace Attune.Images;

/// <summary>Turns a picture upright, as its EXIF data says how the camera was held.</summary>
internal static class Orientation
{
    /// <summary>The picture as it is to be seen.</summary>
    /// <param name="picture">The picture as it is stored.</param>
    /// <param name="exif">EXIF's Orientation, 1 (upright) to 8; anything else is as good as 1.</param>
    public static Picture Upright(Picture picture, int exif)
    {
        if (exif is < 2 or > 8)
        {
            return picture;
        }

        // From 5 on rows become columns; then left and right, top and bottom may be exchanged.
        bool transposed = exif >= 5;
        bool mirrored = exif is 2 or 3 or 6 or 7, flipped = exif is 3 or 4 or 7 or 8;
        int width = transposed ? picture.Height : picture.Width, height = transposed ? picture.Width : picture.Height;
        byte[] rgb = new byte[picture.Rgb.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int across = mirrored ? width - 1 - x : x, down = flipped ? height - 1 - y : y;
                long from = 3L * (transposed ? ((long)across * picture.Width) + down : ((long)down * picture.Width) + across);
                picture.Rgb.AsSpan((int)from, 3).CopyTo(rgb.AsSpan((int)(3L * (((long)y * width) + x)), 3));
            }
        }

        return new Picture(width, height, rgb);
    }
}
