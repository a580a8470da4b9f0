using System.Text.Json.Nodes;

namespace Attune.Recipes;

/// <summary>One message that a row of other columns becomes.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c>, or <c>text</c> (the whole row, for plain language modelling).</param>
/// <param name="Template">Fixed text in which <c>{column}</c> stands for a column's text; <c>{{</c> and <c>}}</c> are braces.</param>
public sealed record MappedMessage(string Role, string Template)
{
    // The order in which a map (whose keys have none that people mind) becomes messages.
    private static readonly string[] Roles = ["text", "system", "user", "assistant"];

    internal static IReadOnlyList<MappedMessage> ReadAll(OptionReader options)
    {
        static JsonObject One() => new()
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(Roles.Select(role => KeyValuePair.Create(role, (JsonNode?)new JsonObject { ["type"] = "string" }))),
        };
        const string description = "For rows of other columns: each message's text by role, in which {column} stands for a column; a map, or a list of maps for several turns.";
        var schema = new JsonObject { ["oneOf"] = new JsonArray(One(), new JsonObject { ["type"] = "array", ["items"] = One() }) };
        RecipeNode? node = options.Node("map", description, schema);
        IReadOnlyList<RecipeNode> maps = node is RecipeList list ? list.Items : node is null ? [] : [node];
        List<MappedMessage> messages = [];
        foreach (RecipeNode item in maps)
        {
            if (item is not RecipeMap { Entries.Count: > 0 } map)
            {
                options.Fail("map", $"must be a map from roles to texts, or a list of such maps (got {item.Excerpt})");
                continue;
            }

            foreach (RecipeEntry entry in map.Entries)
            {
                if (!Roles.Contains(entry.Key))
                {
                    options.Fail("map", $"has no role {entry.Key}; known are: {string.Join(", ", Roles)}");
                }
                else if (entry.Value is not RecipeScalar { Text.Length: > 0 })
                {
                    options.Fail("map", $"must give {entry.Key} a text (got {entry.Value.Excerpt})");
                }
            }

            messages.AddRange(Roles.Where(role => map[role] is not null)
                .Select(role => new MappedMessage(role, (map[role]!.Value as RecipeScalar)?.Text ?? "")));
        }

        return messages;
    }
}
