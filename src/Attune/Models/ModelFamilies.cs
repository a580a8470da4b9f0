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
        string name = config.RequireModelType();
        Native.Libtorch.Load(); // Even a model without memory names its precision and its device.
        return known.Contains(name) ? known.Create(name, config)
            : throw config.Error("model_type", $"is {Formats.Names.Quote(name)}, which is unknown", $"known are {string.Join(", ", Names)}{NearestName.Question(name, Names)}");
    }

    private static Registry<TextModel> Scan() => Registry.Scan<TextModel, ModelFamilyAttribute>("model family", Assemblies);
}
