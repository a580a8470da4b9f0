using Attune.Formats;

namespace Attune.Images;

/// <summary>Resizes a picture and perhaps cuts out its middle: what most image processors of transformers do, each with its defaults.</summary>
internal sealed class ResizeAndCrop : IPictureGeometry
{
    private readonly PictureSize? size;
    private readonly (int Height, int Width)? crop;
    private readonly Resampling resampling;

    /// <summary>Reads <c>do_resize</c>, <c>size</c>, <c>resample</c>, <c>do_center_crop</c> and <c>crop_size</c>.</summary>
    /// <param name="config">The processor's config.</param>
    /// <param name="resampling">The default of <c>resample</c>.</param>
    /// <param name="crops">The default of <c>do_center_crop</c>.</param>
    /// <param name="numberIsEdge">See <see cref="PictureSize.Read"/>.</param>
    public ResizeAndCrop(HuggingFaceConfig config, Resampling resampling, bool crops, bool numberIsEdge = false)
    {
        this.resampling = ResamplingOf(config, resampling);
        size = config.GetBool("do_resize", true) ? PictureSize.Read(config, "size", numberIsEdge) : null;
        if (config.GetBool("do_center_crop", crops))
        {
            crop = PictureSize.Read(config, "crop_size").Both ?? throw config.Error("crop_size", "must have height and width");
        }
    }

    public (int Height, int Width)? Size => crop ?? size?.Both;

    /// <summary><c>resample</c>, Pillow's number.</summary>
    public static Resampling ResamplingOf(HuggingFaceConfig config, Resampling fallback) => (Resampling)(config.FindInt("resample", 0, 5) ?? (int)fallback);

    public Picture Apply(Picture picture)
    {
        if (size is { } wanted)
        {
            var (height, width) = wanted.For(picture);
            picture = PictureResize.To(picture, width, height, resampling);
        }

        return crop is { } middle ? PictureCrop.Center(picture, middle.Width, middle.Height) : picture;
    }
}
