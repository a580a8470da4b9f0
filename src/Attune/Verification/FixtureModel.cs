using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Models;
using Attune.Native;
using static TorchSharp.torch;

namespace Attune.Verification;

/// <summary>The model that a fixture names, in float32.</summary>
internal static class FixtureModel
{
    private static readonly HashSet<string> Architectures = ["LlamaForCausalLM", "GPT2LMHeadModel", "BertModel", "BertForSequenceClassification"];

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

    /// <summary>Opens it, a language model.</summary>
    public static LanguageModel LoadLanguageModel(Fixture fixture) => LanguageModel.Of(Load(fixture));

    /// <summary>
    /// Opens it: as the architecture that the fixture names, whatever the checkpoint's is, with the fixture's own head where it brings one. What a
    /// GGUF file has quantised stays so, as for generation.
    /// </summary>
    public static TextModel Load(Fixture fixture)
    {
        string path = Path(fixture);
        if (!fixture.Json.TryGetProperty("config_overrides", out var overrides))
        {
            return ModelLoader.Load(path, null, float32).Weights;
        }

        var config = HuggingFaceConfig.Open(path).With(
            [.. overrides.EnumerateObject().Select(one => KeyValuePair.Create(one.Name, JsonNode.Parse(one.Value.GetRawText()))), new("architectures", new JsonArray(fixture.Text("architecture")))]);
        var model = ModelLoader.Load(path, float32, float32, config: config, headSeed: 0).Weights;
        using var head = Safetensors.Open(fixture.Resolve("head.safetensors"));
        foreach (var (name, parameter) in model.NamedParameters().Where(named => head.Tensors.ContainsKey(named.Name)))
        {
            parameter.Set(TensorMemory.Read(head, name, float32, model.Device));
        }

        return model;
    }

    /// <summary>Lets gradients flow to every parameter.</summary>
    public static void TrainAll(TextModel model)
    {
        foreach (var (_, parameter) in model.NamedParameters())
        {
            parameter.Value.requires_grad_(true);
        }
    }
}
