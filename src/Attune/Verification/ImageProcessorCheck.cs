using System.Text.Json;
using Attune.Formats;
using Attune.Images;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>image-processor</c>: pictures as they are read, and as models see them.</summary>
internal sealed class ImageProcessorCheck : IFixtureCheck
{
    private const string Pictures = "../../_pictures";

    public string Kind => "image-processor";

    public FixtureResult Check(Fixture fixture)
    {
        string name = fixture.Text("processor")!;
        if (!File.Exists(fixture.Resolve("cases.json")) || name is "SegformerImageProcessor" or "SmolVLMImageProcessor" or "YolosImageProcessor")
        {
            return FixtureResult.Skip($"{name} is not there yet");
        }

        var processor = name == "load_image" ? null : ImageProcessor.FindInFolder(fixture.Folder);
        var comparison = new TensorComparison(fixture.Tolerance);
        using var expected = Safetensors.Open(fixture.Resolve("expected.safetensors"));
        foreach (JsonElement test in fixture.ReadJsonFile("cases.json").EnumerateArray())
        {
            string picture = test.GetProperty("picture").GetString()!;
            try
            {
                CheckPicture(fixture, processor, picture, expected, comparison);
            }
            catch (AttuneException error)
            {
                comparison.Problem($"{picture}: {error.Message}");
            }
        }

        return comparison.Result;
    }

    private static void CheckPicture(Fixture fixture, ImageProcessor? processor, string name, Safetensors expected, TensorComparison comparison)
    {
        var picture = Picture.Open(fixture.Resolve(Path.Combine(Pictures, name)));
        double steps = name.EndsWith(".jpg", StringComparison.Ordinal) && fixture.Json.TryGetProperty("looser_for_jpeg", out var looser) ? looser.GetDouble() : 0;
        if (processor is null)
        {
            long[] shape = [picture.Height, picture.Width, 3];
            comparison.Compare<float>(name, shape, [.. picture.Rgb.Select(value => (float)value)], Floats(expected, name, shape, comparison), own: new Tolerance(steps, 0));
            return;
        }

        var fitted = processor.Fit(picture);
        long[] size = [3, fitted.Height, fitted.Width];
        var own = steps == 0 ? fixture.Tolerance : new Tolerance(fixture.Tolerance.Absolute + (steps * processor.Step), fixture.Tolerance.Relative);
        comparison.Compare<float>(name, size, processor.Normalize(fitted), Floats(expected, name, size, comparison), own: own);
    }

    private static float[] Floats(Safetensors expected, string name, long[] shape, TensorComparison comparison)
    {
        var tensor = expected.Tensors[name];
        if (!tensor.Shape.SequenceEqual(shape))
        {
            comparison.Problem($"{name} has the shape [{string.Join(", ", shape)}], expected [{string.Join(", ", tensor.Shape)}]");
        }

        return tensor.Type == ElementType.U8 ? [.. expected.ReadIntegers(name).Select(value => (float)value)] : expected.ReadFloats(name);
    }
}
