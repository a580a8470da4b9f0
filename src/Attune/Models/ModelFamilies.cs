using System.Reflection;
using Attune.Formats;
using Attune.Recipes;

namespace Attune.Models;

/// <summary>The model families that this process knows, by <c>model_type</c>: Attune's own and those of assemblies that were added.</summary>
public static class ModelFamilies
{
    private static readonly List<Assembly> Assemblies = [typeof(ModelFamilies).Assembly];
    private static Registry<TextModel> known = Scan();

    /// <summary><c>model_type</c>s, sorted.</summary>
    public static IReadOnlyCollection<string> Names => known.Names;

    /// <summary>Adds the families of another assembly.</summary>
    /// <param name="assembly">Its classes with <see cref="ModelFamilyAttribute"/> and a constructor that takes a <see cref="HuggingFaceConfig"/>.</param>
    public static void Add(Assembly assembly)
    {
        Assemblies.Add(assembly);
        known = Scan();
    }

    /// <summary>Creates the model that a config describes, without memory.</summary>
    /// <param name="config">A config.json.</param>
    /// <exception cref="AttuneException">An unknown <c>model_type</c>, or values that make no model.</exception>
    public static TextModel Create(HuggingFaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Require(config);
        Native.Libtorch.Load(); // Even a model without memory names its precision and its device.
        return known.Create(config.ModelType!, config);
    }

    /// <summary>Refuses a config of a family that is not there: asked before anything else of a model is read.</summary>
    /// <param name="config">A config.json.</param>
    /// <exception cref="AttuneException"><c>model_type</c> is missing or unknown.</exception>
    public static void Require(HuggingFaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.ModelType is not { } name)
        {
            string? likely = config.Root.TryGetProperty("architectures", out _) ? config.Architectures.Select(OfArchitecture).FirstOrDefault(family => family is not null) : null;
            throw config.Error("model_type", "is missing", likely is null ? $"it names the model's family: {Known}" : $"{config.Architectures[0]} is of the family {likely}: write \"model_type\": \"{likely}\"");
        }

        if (!known.Contains(name))
        {
            throw config.Error("model_type", $"is {Formats.Names.Quote(name)}, which is unknown{NearestName.Question(name, Names)}", Known);
        }
    }

    private static string Known => $"known are {string.Join(", ", Names)}; see `attune models`";

    private static string? OfArchitecture(string architecture) =>
        Names.Where(name => architecture.StartsWith(name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)).MaxBy(name => name.Length);

    private static Registry<TextModel> Scan() => Registry.Scan<TextModel, ModelFamilyAttribute>("model family", Assemblies);
}
