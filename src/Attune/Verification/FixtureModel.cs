using Attune.Formats;
using Attune.Models;
using static TorchSharp.torch;

namespace Attune.Verification;

/// <summary>The model that a fixture names, in float32.</summary>
internal static class FixtureModel
{
    private static readonly HashSet<string> Architectures = ["LlamaForCausalLM", "GPT2LMHeadModel"];

    /// <summary>The reader of config.json: up to the model's shape, before any weight is allocated.</summary>
    public static KeyValuePair<string, Action<string>> Config { get; } =
        new("config.json", path => ModelFamilies.Create(HuggingFaceConfig.Open(path)).Dispose());

    /// <summary>Why a fixture cannot be checked, its architecture not being there yet or its model absent; null where it can.</summary>
    public static string? Skip(Fixture fixture)
    {
        string? architecture = fixture.Text("architecture");
        if (architecture is null || !Architectures.Contains(architecture))
        {
            return $"architecture {architecture ?? "(none)"} is not there yet";
        }

        string path = Path(fixture);
        return File.Exists(path) || Directory.Exists(path) ? null : $"the model {path} is absent";
    }

    /// <summary>Where the fixture's model lies: a folder or a .gguf file.</summary>
    public static string Path(Fixture fixture) =>
        fixture.ResolveKey("model") ?? throw new AttuneException(ExitCode.BadData, fixture.Name, "the fixture names no model");

    /// <summary>Opens it.</summary>
    public static LanguageModel Load(Fixture fixture) => ModelLoader.Load(Path(fixture), float32, float32).Model;

    /// <summary>Lets gradients flow to every parameter.</summary>
    public static void TrainAll(LanguageModel model)
    {
        foreach (var (_, parameter) in model.NamedParameters())
        {
            parameter.Value.requires_grad_(true);
        }
    }
}
