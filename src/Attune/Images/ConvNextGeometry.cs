using Attune.Formats;

namespace Attune.Images;

/// <summary>
/// ConvNeXt's, which the hub's ResNets use too. Below 384: the shorter edge becomes size / <c>crop_pct</c>, then the middle. From 384 on: a
/// square, whatever the picture's shape.
/// </summary>
[ImageProcessorType("ConvNextImageProcessor")]
internal sealed class ConvNextGeometry : IPictureGeometry
{
    private const int Warped = 384;
    private const double DefaultCrop = 224.0 / 256;
    private readonly int size;
    private readonly int edge;
    private readonly bool resizes;
    private readonly Resampling resampling;

    public ConvNextGeometry(HuggingFaceConfig config)
    {
        resampling = ResizeAndCrop.ResamplingOf(config, Resampling.Bilinear);
        resizes = config.GetBool("do_resize", true);
        size = PictureSize.Read(config, "size", numberIsEdge: true).ShortestEdge ?? throw config.Error("size", "must have shortest_edge");
        double share = config.FindDouble("crop_pct", 0.01, 1) ?? DefaultCrop;
        edge = (int)(size / share);
    }

    public (int Height, int Width)? Size => resizes ? (size, size) : null;

    public Picture Apply(Picture picture)
    {
        if (!resizes)
        {
            return picture;
        }

        if (size >= Warped)
        {
            return PictureResize.To(picture, size, size, resampling);
        }

        var (height, width) = new PictureSize(null, null, edge).For(picture);
        return PictureCrop.Center(PictureResize.To(picture, width, height, resampling), size, size);
    }
}
