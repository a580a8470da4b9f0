using Attune.Formats;

namespace Attune.Images;

/// <summary>timm's evaluation transform, as <c>pretrained_cfg</c> in its config.json describes it.</summary>
[ImageProcessorType(TypeName)]
internal sealed class TimmGeometry : IPictureGeometry
{
    /// <summary>What these are called here: timm's files name no processor.</summary>
    public const string TypeName = "timm";

    private readonly (int Height, int Width) size;
    private readonly (int Height, int Width) scaled;
    private readonly string mode;
    private readonly Resampling resampling;
    private readonly byte[] fill = [0, 0, 0];

    /// <param name="config"><c>pretrained_cfg</c>.</param>
    public TimmGeometry(HuggingFaceConfig config)
    {
        var input = config.FindInts("input_size") is { Count: 3 } sizes && sizes.All(one => one is >= 1 and <= 1 << 14) ? sizes
            : throw config.Error("input_size", "must be channels, height and width");
        size = (input[1], input[2]);
        double share = config.FindDouble("crop_pct", 0.01, 1) ?? 0.875;
        scaled = ((int)Math.Floor(size.Height / share), (int)Math.Floor(size.Width / share));
        mode = config.FindString("crop_mode") ?? "center";
        if (mode is not ("center" or "squash" or "border"))
        {
            throw config.Error("crop_mode", $"is {Names.Quote(mode)}", "known are center, squash and border");
        }

        // In this mode what is beside the picture has the mean's colour.
        if (mode == "border" && config.FindDoubles("mean") is { Count: 3 } mean && mean.All(value => value is >= 0 and <= 1))
        {
            fill = [.. mean.Select(value => (byte)Math.Round(255 * value, MidpointRounding.ToEven))];
        }

        resampling = (config.FindString("interpolation") ?? "bilinear") switch
        {
            "bilinear" or "random" => Resampling.Bilinear,
            "bicubic" => Resampling.Bicubic,
            "lanczos" => Resampling.Lanczos,
            "nearest" => Resampling.Nearest,
            "box" => Resampling.Box,
            "hamming" => Resampling.Hamming,
            var other => throw config.Error("interpolation", $"is {Names.Quote(other)}", "known are bilinear, bicubic, lanczos, nearest, box and hamming"),
        };
    }

    public (int Height, int Width)? Size => size;

    public Picture Apply(Picture picture)
    {
        var (height, width) = mode switch
        {
            "squash" => scaled,
            "border" => Whole(picture),
            _ => scaled.Height == scaled.Width ? new PictureSize(null, null, scaled.Height).For(picture) : Covering(picture),
        };
        return PictureCrop.CenterOfTorchvision(PictureResize.To(picture, width, height, resampling), size.Width, size.Height, fill);
    }

    // The longer edge fits; timm rounds both to the nearest.
    private (int Height, int Width) Whole(Picture picture) => Scaled(picture, Math.Max(picture.Height / (double)scaled.Height, picture.Width / (double)scaled.Width));

    private (int Height, int Width) Covering(Picture picture) => Scaled(picture, Math.Min(picture.Height / (double)scaled.Height, picture.Width / (double)scaled.Width));

    private static (int Height, int Width) Scaled(Picture picture, double ratio) =>
        (Math.Max(1, (int)Math.Round(picture.Height / ratio)), Math.Max(1, (int)Math.Round(picture.Width / ratio)));
}
