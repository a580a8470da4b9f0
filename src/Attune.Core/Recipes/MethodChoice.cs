using System.Text.Json.Nodes;

namespace Attune.Recipes;

/// <summary>The key <c>method</c>: a tuning method's name with its options, which the method itself reads.</summary>
/// <param name="Name">The short name: <c>full</c>, <c>lora</c>.</param>
/// <param name="Options">Its options as written: read them with <see cref="OptionReader.Read"/>.</param>
public sealed record MethodChoice(string Name, RecipeMap Options)
{
    /// <summary>A method with its default options.</summary>
    /// <param name="name">The short name.</param>
    public MethodChoice(string name)
        : this(name, RecipeMap.Empty())
    {
    }

    internal static MethodChoice Read(OptionReader options, RecipeNames names)
    {
        (string name, RecipeMap map) = options.Variant("method", "The tuning method: its name, or a map of its name with its options.", names.Methods);
        return new MethodChoice(name, map);
    }

    internal JsonNode ToJson() => Options.Entries.Count == 0 ? JsonValue.Create(Name) : new JsonObject { [Name] = Options.ToJson() };
}
