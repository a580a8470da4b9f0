using Attune.Formats;

namespace Attune.Images;

/// <summary>CLIP's: the shorter edge to a length, then the middle.</summary>
[ImageProcessorType("CLIPImageProcessor")]
internal sealed class ClipGeometry(HuggingFaceConfig config) : IPictureGeometry
{
    private readonly ResizeAndCrop steps = new(config, Resampling.Bicubic, crops: true, numberIsEdge: true);

    public (int Height, int Width)? Size => steps.Size;

    public Picture Apply(Picture picture) => steps.Apply(picture);
}
