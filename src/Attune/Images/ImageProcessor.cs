using Attune.Formats;
using Attune.Recipes;

namespace Attune.Images;

/// <summary>
/// What a model's preprocessor_config.json asks for: a picture resized, cut, scaled and normalised, with the numbers of transformers' processors
/// on Pillow. timm's config.json (<c>pretrained_cfg</c>) is understood too.
/// </summary>
public sealed class ImageProcessor
{
    /// <summary>The file's name in a model's folder.</summary>
    public const string FileName = "preprocessor_config.json";

    private const int Channels = 3;
    private static readonly Registry<IPictureGeometry> Known = Registry.Scan<IPictureGeometry, ImageProcessorTypeAttribute>("image processor", typeof(ImageProcessor).Assembly);
    private readonly IPictureGeometry geometry;

    // For each channel the number of each of the 256 values.
    private readonly float[][] numbers;

    private ImageProcessor(HuggingFaceConfig config, IPictureGeometry geometry, float[][] numbers)
    {
        Config = config;
        this.geometry = geometry;
        this.numbers = numbers;
    }

    /// <summary>The file that it was made of.</summary>
    public HuggingFaceConfig Config { get; }

    /// <summary>The largest distance between the numbers of two neighbouring values of the 256.</summary>
    internal double Step => numbers.Max(table => (table[255] - table[0]) / 255.0);

    /// <summary>Height and width of every result; null: they depend on the picture.</summary>
    public (int Height, int Width)? Size => geometry.Size;

    /// <summary>The processor of a model's folder; null where it has none.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="AttuneException">Its config cannot be read, or names an unknown processor.</exception>
    public static ImageProcessor? FindInFolder(string folder)
    {
        string path = Path.Combine(folder, FileName), timm = Path.Combine(folder, "config.json");
        if (File.Exists(path))
        {
            return Of(HuggingFaceConfig.OpenAny(path));
        }

        return File.Exists(timm) && HuggingFaceConfig.OpenAny(timm) is var config && config.Has("pretrained_cfg") ? Of(config) : null;
    }

    /// <summary>The processor that a config describes.</summary>
    /// <param name="config">preprocessor_config.json, or timm's config.json.</param>
    /// <exception cref="AttuneException">It lacks something, or names an unknown processor.</exception>
    public static ImageProcessor Of(HuggingFaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.FindObject("pretrained_cfg") is { } timm)
        {
            return new ImageProcessor(config, new TimmGeometry(timm), Table(1 / 255.0, Triple(timm, "mean"), Triple(timm, "std")));
        }

        // Files of the processors on torch, and of older versions, name them otherwise; they do the same.
        string named = config.FindString("image_processor_type|feature_extractor_type") ?? throw config.Error("image_processor_type", "is missing");
        string type = named.Replace("FeatureExtractor", "ImageProcessor", StringComparison.Ordinal);
        type = type.EndsWith("Fast", StringComparison.Ordinal) ? type[..^4] : type;
        if (!Known.Contains(type))
        {
            throw config.Error("image_processor_type", $"is {Names.Quote(named)}", NearestName.Hint(type, Known.Names));
        }

        double factor = config.GetBool("do_rescale", true) ? config.FindDouble("rescale_factor", 0, 1) ?? 1 / 255.0 : 1;
        bool normalises = config.GetBool("do_normalize", true);
        var table = normalises ? Table(factor, Triple(config, "image_mean"), Triple(config, "image_std")) : Table(factor, [0, 0, 0], [1, 1, 1]);
        return new ImageProcessor(config, Known.Create(type, config), table);
    }

    /// <summary>The picture in the size that the model reads, still in 8 bits.</summary>
    /// <param name="picture">A picture of any size.</param>
    public Picture Fit(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return geometry.Apply(picture);
    }

    /// <summary>The numbers of a picture in the model's size.</summary>
    /// <param name="fitted">What <see cref="Fit"/> gave.</param>
    /// <returns>[3, height, width], row-major.</returns>
    public float[] Normalize(Picture fitted)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        int pixels = fitted.Width * fitted.Height;
        float[] values = new float[Channels * pixels];
        for (int channel = 0; channel < Channels; channel++)
        {
            float[] table = numbers[channel];
            var target = values.AsSpan(channel * pixels, pixels);
            for (int i = 0, at = channel; i < pixels; i++, at += Channels)
            {
                target[i] = table[fitted.Rgb[at]];
            }
        }

        return values;
    }

    // Scaled in float64 and rounded, then normalised in float32, as transformers does.
    private static float[][] Table(double factor, float[] mean, float[] deviation) =>
        [.. Enumerable.Range(0, Channels).Select(channel => Enumerable.Range(0, 256).Select(value => ((float)(value * factor) - mean[channel]) / deviation[channel]).ToArray())];

    private static float[] Triple(HuggingFaceConfig config, string key)
    {
        var values = config.FindDoubles(key) ?? throw config.Error(key, "is missing");
        bool divides = key.EndsWith("std", StringComparison.Ordinal);
        return values.Count == Channels && values.All(value => double.IsFinite(value) && (!divides || value > 0)) ? [.. values.Select(value => (float)value)]
            : throw config.Error(key, $"must be {Channels} numbers{(divides ? " above 0" : "")}, one for each of red, green and blue");
    }
}
