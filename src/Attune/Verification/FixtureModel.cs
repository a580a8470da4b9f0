using Attune.Formats;
using Attune.Models;
using static TorchSharp.torch;

namespace Attune.Verification;

/// <summary>The model that a fixture names, in float32.</summary>
internal static class FixtureModel
{
    private static readonly Dictionary<string, string> Architectures = new()
    {
        ["LlamaForCausalLM"] = "llama",
        ["GPT2LMHeadModel"] = "gpt2",
    };

    /// <summary>Why a fixture's architecture cannot be checked; null where it can.</summary>
    public static string? Skip(Fixture fixture)
    {
        string? architecture = fixture.Text("architecture");
        return architecture is not null && Architectures.ContainsKey(architecture) ? null : $"architecture {architecture ?? "(none)"} is not there yet";
    }

    /// <summary>Where the fixture's model lies: a path of its own, or one below a folder <c>shared</c>.</summary>
    public static string Path(Fixture fixture)
    {
        string own = fixture.ResolveKey("model") ?? throw new AttuneException(ExitCode.BadData, fixture.Name, "the fixture names no model");
        return own;
    }

    /// <summary>Opens it.</summary>
    public static LanguageModel Load(Fixture fixture)
    {
        string path = Path(fixture);
        return ModelLoader.Load(path, float32, float32).Model;
    }

    /// <summary>Lets gradients flow to every parameter.</summary>
    public static void TrainAll(LanguageModel model)
    {
        foreach (var (_, parameter) in model.NamedParameters())
        {
            parameter.Value.requires_grad_(true);
        }
    }
}
