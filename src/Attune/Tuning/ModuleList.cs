using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Recipes;

namespace Attune.Tuning;

/// <summary>
/// Which modules, in PEFT's way: a list of names, of which one must be the path's end, or one regular expression for the whole path, or
/// <c>all-linear</c>.
/// </summary>
internal sealed class ModuleList
{
    /// <summary>The word for every projection but the head.</summary>
    public const string EveryProjection = "all-linear";

    private readonly Func<string, bool>? pattern;

    private ModuleList(IReadOnlyList<string>? names, string? text, string place)
    {
        Names = names;
        Text = text;
        Place = place;
        pattern = text is null || AllLinear ? null : ModulePattern.Compile(text, place);
    }

    /// <summary>The names; null where it is an expression or a word.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>The expression or the word; null where it is a list.</summary>
    public string? Text { get; }

    /// <summary>Where it was written, key included, for messages.</summary>
    public string Place { get; }

    /// <summary>Whether it is <see cref="EveryProjection"/>.</summary>
    public bool AllLinear => Text == EveryProjection;

    /// <summary>The word <c>all-linear</c>.</summary>
    public static ModuleList All(string place) => new(null, EveryProjection, place);

    /// <summary>Reads a setting of adapter_config.json; null where it is absent.</summary>
    public static ModuleList? Read(HuggingFaceConfig config, string key)
    {
        if (!config.Has(key))
        {
            return null;
        }

        string place = $"{config.Path}: {key}";
        if (config.Root.GetProperty(key).ValueKind == JsonValueKind.String)
        {
            return Checked(null, config.GetString(key), place);
        }

        return Checked(config.FindStrings(key)!, null, place);
    }

    /// <summary>Reads an option of a recipe; null where it is absent or wrong.</summary>
    public static ModuleList? Read(OptionReader options, string key, string description)
    {
        static JsonObject Word() => new() { ["type"] = "string", ["minLength"] = 1 };
        var schema = new JsonObject { ["oneOf"] = new JsonArray(Word(), new JsonObject { ["type"] = "array", ["items"] = Word(), ["minItems"] = 1 }) };
        var node = options.Node(key, description, schema);
        try
        {
            switch (node)
            {
                case null:
                    return null;
                case RecipeScalar { Text.Length: > 0 } scalar:
                    return Checked(null, scalar.Text, options.PlaceOf(key));
                case RecipeList list when list.Items.All(item => item is RecipeScalar { Text.Length: > 0 }):
                    return Checked([.. list.Items.Cast<RecipeScalar>().Select(item => item.Text)], null, options.PlaceOf(key));
                default:
                    options.Fail(key, "must be a pattern, or a list of names");
                    return null;
            }
        }
        catch (AttuneException exception)
        {
            options.Fail(key, exception.Problem);
            return null;
        }
    }

    /// <summary>Whether a path is meant. <see cref="AllLinear"/> is the caller's to decide.</summary>
    public bool Matches(string path) => pattern is not null ? pattern(path)
        : Names is not null && Names.Any(name => path == name || path.EndsWith("." + name, StringComparison.Ordinal));

    /// <summary>As adapter_config.json has it.</summary>
    public JsonNode ToJson() => Text is not null ? JsonValue.Create(Text) : new JsonArray([.. Names!.Select(name => (JsonNode)name)]);

    private static ModuleList Checked(IReadOnlyList<string>? names, string? text, string place) =>
        text is { Length: 0 } || names is not null && (names.Count == 0 || names.Contains(""))
            ? throw new AttuneException(ExitCode.Usage, place, "is empty", "name modules, or leave it out") : new ModuleList(names, text, place);
}
