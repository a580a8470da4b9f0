namespace Attune.Images;

/// <summary>How a picture is resized, with Pillow's numbers, which <c>resample</c> in preprocessor_config.json uses.</summary>
public enum Resampling
{
    /// <summary>The nearest pixel.</summary>
    Nearest = 0,

    /// <summary>Lanczos, of width 3.</summary>
    Lanczos = 1,

    /// <summary>A triangle, widened where the picture shrinks.</summary>
    Bilinear = 2,

    /// <summary>Cubic, a = -0.5.</summary>
    Bicubic = 3,

    /// <summary>The mean of the pixels covered.</summary>
    Box = 4,

    /// <summary>Hamming's window.</summary>
    Hamming = 5,
}
