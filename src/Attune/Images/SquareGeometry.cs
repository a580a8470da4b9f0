using Attune.Formats;

namespace Attune.Images;

/// <summary>BLIP's and SigLIP's: cubic, to height and width.</summary>
[ImageProcessorType("BlipImageProcessor")]
[ImageProcessorType("SiglipImageProcessor")]
internal sealed class SquareGeometry(HuggingFaceConfig config) : IPictureGeometry
{
    private readonly ResizeAndCrop steps = new(config, Resampling.Bicubic, crops: false);

    public (int Height, int Width)? Size => steps.Size;

    public Picture Apply(Picture picture) => steps.Apply(picture);
}
