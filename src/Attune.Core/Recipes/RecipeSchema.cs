using System.Text.Json.Nodes;

namespace Attune.Recipes;

/// <summary>The JSON Schema of recipes, for editors that complete and check YAML. It is made by the reader itself, so both know the same keys.</summary>
public static class RecipeSchema
{
    /// <summary>The schema.</summary>
    /// <param name="names">The names that tasks, methods and so on may have; null: any.</param>
    public static JsonObject Make(RecipeNames? names = null)
    {
        JsonObject schema = OptionReader.Describe(options => Recipe.Read(options, names ?? RecipeNames.Any, null, "runs/recipe"));
        schema.Insert(0, "title", "Attune recipe");
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        return schema;
    }
}
