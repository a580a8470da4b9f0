namespace Attune.Images;

/// <summary>Cuts the middle out of a picture, as transformers' <c>center_crop</c> does: what a smaller picture lacks is black.</summary>
internal static class PictureCrop
{
    /// <summary>The middle.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">The new width; at least 1.</param>
    /// <param name="height">The new height; at least 1.</param>
    public static Picture Center(Picture picture, int width, int height) =>
        From(picture, Middle(picture.Width, width), Middle(picture.Height, height), width, height, [0, 0, 0]);

    /// <summary>The middle as torchvision's <c>center_crop</c> has it, which rounds otherwise.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">The new width; at least 1.</param>
    /// <param name="height">The new height; at least 1.</param>
    /// <param name="fill">Red, green and blue of what the picture lacks.</param>
    public static Picture CenterOfTorchvision(Picture picture, int width, int height, ReadOnlySpan<byte> fill) =>
        From(picture, MiddleOfTorchvision(picture.Width, width), MiddleOfTorchvision(picture.Height, height), width, height, fill);

    private static Picture From(Picture picture, int left, int top, int width, int height, ReadOnlySpan<byte> fill)
    {
        byte[] rgb = new byte[(long)width * height * 3];
        for (int i = 0; i < rgb.Length && fill is not [0, 0, 0]; i += 3)
        {
            fill.CopyTo(rgb.AsSpan(i, 3));
        }

        int from = Math.Max(0, left), to = Math.Min(picture.Width, left + width);
        for (int y = Math.Max(0, top); y < Math.Min(picture.Height, top + height); y++)
        {
            picture.Rgb.AsSpan(((y * picture.Width) + from) * 3, (to - from) * 3).CopyTo(rgb.AsSpan((((y - top) * width) + from - left) * 3));
        }

        return new Picture(width, height, rgb);
    }

    // Where the crop begins; below 0 where it is larger. Both halves round as transformers' do: down for a crop, up for padding.
    private static int Middle(int size, int wanted) => wanted <= size ? (size - wanted) / 2 : -((wanted - size + 1) / 2);

    // A half goes to the even number, as in Python; padding rounds down.
    private static int MiddleOfTorchvision(int size, int wanted) => wanted <= size ? (int)Math.Round((size - wanted) / 2.0, MidpointRounding.ToEven) : -((wanted - size) / 2);
}
