using Attune.Formats;

namespace Attune.Images;

/// <summary>ViT's and its likes': resized to height and width, whatever the picture's shape.</summary>
[ImageProcessorType("ViTImageProcessor")]
internal sealed class VitGeometry(HuggingFaceConfig config) : IPictureGeometry
{
    private readonly ResizeAndCrop steps = new(config, Resampling.Bilinear, crops: false);

    public (int Height, int Width)? Size => steps.Size;

    public Picture Apply(Picture picture) => steps.Apply(picture);
}
