using Attune.Recipes;

namespace Attune.Images;

/// <summary>
/// How a picture becomes one of the size that a model reads: resized, cut, padded. One kind is one file with
/// <see cref="ImageProcessorTypeAttribute"/> and a constructor that takes the processor's config.
/// </summary>
internal interface IPictureGeometry
{
    /// <summary>The size of every result; null: it depends on the picture.</summary>
    (int Height, int Width)? Size { get; }

    /// <summary>The picture as the model reads it.</summary>
    /// <param name="picture">A picture of any size.</param>
    Picture Apply(Picture picture);
}

/// <summary>An image processor, named as in <c>image_processor_type</c> of preprocessor_config.json.</summary>
/// <param name="name">The class of transformers: <c>ViTImageProcessor</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
internal sealed class ImageProcessorTypeAttribute(string name) : RegisteredAttribute(name);
