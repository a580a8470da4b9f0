using System.Reflection;
using Attune.Formats;

namespace Attune.Models;

/// <summary>Marks a class as a model family: the registry finds it, and config.json names it.</summary>
/// <param name="modelType"><c>model_type</c> in config.json.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ModelFamilyAttribute(string modelType) : Attribute
{
    /// <summary><c>model_type</c> in config.json.</summary>
    public string ModelType { get; } = modelType;
}

/// <summary>The model families that this process knows: Attune's own and those of assemblies that were added.</summary>
public static class ModelFamilies
{
    private static readonly Dictionary<string, ConstructorInfo> Known = Find(typeof(ModelFamilies).Assembly);

    /// <summary><c>model_type</c>s, sorted.</summary>
    public static IReadOnlyList<string> Names => [.. Known.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds the families of another assembly.</summary>
    /// <param name="assembly">Its classes with <see cref="ModelFamilyAttribute"/> and a constructor that takes a <see cref="HuggingFaceConfig"/>.</param>
    public static void Add(Assembly assembly)
    {
        foreach (var (name, constructor) in Find(assembly))
        {
            Known[name] = constructor;
        }
    }

    /// <summary>Creates the model that a config describes, without memory.</summary>
    /// <param name="config">A config.json.</param>
    /// <exception cref="AttuneException">An unknown <c>model_type</c>, or values that make no model.</exception>
    public static LanguageModel Create(HuggingFaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        string name = config.ModelType ?? throw new Formats.FormatException(config.Path, -1, "\"model_type\" is absent");
        if (!Known.TryGetValue(name, out var constructor))
        {
            throw new AttuneException(ExitCode.BadData, config.Path, $"unknown model_type \"{name}\"", $"known are {string.Join(", ", Names)}");
        }

        try
        {
            return (LanguageModel)constructor.Invoke([config]);
        }
        catch (TargetInvocationException e) when (e.InnerException is AttuneException inner)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }

    private static Dictionary<string, ConstructorInfo> Find(Assembly assembly) => assembly.GetTypes()
        .Select(type => (Type: type, Name: type.GetCustomAttribute<ModelFamilyAttribute>()?.ModelType))
        .Where(found => found.Name is not null)
        .ToDictionary(found => found.Name!, found => found.Type.GetConstructor([typeof(HuggingFaceConfig)])
            ?? throw new InvalidOperationException($"{found.Type} needs a constructor that takes a HuggingFaceConfig."));
}
