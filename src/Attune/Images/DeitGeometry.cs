using Attune.Formats;

namespace Attune.Images;

/// <summary>DeiT's: resized to height and width, then the middle.</summary>
[ImageProcessorType("DeiTImageProcessor")]
internal sealed class DeitGeometry(HuggingFaceConfig config) : IPictureGeometry
{
    private readonly ResizeAndCrop steps = new(config, Resampling.Bicubic, crops: true);

    public (int Height, int Width)? Size => steps.Size;

    public Picture Apply(Picture picture) => steps.Apply(picture);
}
