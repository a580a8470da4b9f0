using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Attune.Recipes;

/// <summary>
/// What to train, on what, how, and where the result goes: plain data, read from YAML or made in code. It holds names and values
/// as given; what they come to with a model and rows at hand is the plan.
/// </summary>
public sealed record Recipe
{
    /// <summary>The model to start from.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>What the model learns to do: a task's short name. Default <c>chat</c>; <c>text</c> is plain language modelling.</summary>
    public string Task { get; init; } = "chat";

    /// <summary>The rows.</summary>
    public required DataOptions Data { get; init; }

    /// <summary>The tuning method.</summary>
    [JsonIgnore]
    public required MethodChoice Method { get; init; }

    /// <summary>The training itself.</summary>
    public TrainOptions Train { get; init; } = new();

    /// <summary>When to stop early.</summary>
    public StopOptions Stop { get; init; } = new();

    /// <summary>What is measured before and after.</summary>
    public EvaluateOptions Evaluate { get; init; } = new();

    /// <summary>The run folder, relative to the current folder. Default <c>runs/</c> and the recipe's file name.</summary>
    public required string Output { get; init; }

    [JsonInclude]
    [JsonPropertyName("method")]
    internal JsonNode? MethodJson => Method.ToJson();

    // Where things were written, for errors that are found later; a recipe made in code has none.
    [JsonIgnore]
    internal RecipeMap? Nodes { get; init; }

    /// <summary>Reads a recipe's file.</summary>
    /// <param name="path">The file: YAML in UTF-8, at most 256 KB.</param>
    /// <param name="edits">Changes to it, each <c>section.key=value</c>.</param>
    /// <param name="names">The names that tasks, methods and so on may have; null: any, unchecked.</param>
    /// <exception cref="RecipeException">The recipe's errors, all of them.</exception>
    /// <exception cref="AttuneException">There is no such file, or it is not YAML as a recipe may use it.</exception>
    public static Recipe Load(string path, IEnumerable<string>? edits = null, RecipeNames? names = null) =>
        From(YamlReader.ReadFile(path), path, edits, names);

    /// <summary>Reads a recipe from text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="edits">Changes to it, each <c>section.key=value</c>.</param>
    /// <param name="names">The names that tasks, methods and so on may have; null: any, unchecked.</param>
    /// <exception cref="RecipeException">The recipe's errors, all of them.</exception>
    /// <exception cref="AttuneException">It is not YAML as a recipe may use it.</exception>
    public static Recipe Parse(string yaml, string file = "recipe", IEnumerable<string>? edits = null, RecipeNames? names = null) =>
        From(YamlReader.Read(yaml, file), file, edits, names);

    /// <summary>The recipe with every default written out, as JSON.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, RecipeJson.Default.Recipe)!.AsObject();

    /// <summary>The recipe with every default written out, as YAML that <see cref="Parse"/> reads back to the same.</summary>
    public string ToYaml() => YamlWriter.Write(ToJson());

    /// <summary>SHA-256 of the resolved recipe in lower-case hexadecimal; the same however the recipe was written down.</summary>
    public string Hash() =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sorted(ToJson())!.ToJsonString())));

    /// <summary>An error in a value that only shows later (with the model or the rows at hand), placed where the value was written.</summary>
    /// <param name="key">The key: <c>train.max_tokens</c>.</param>
    /// <param name="problem">What is wrong, to follow the key: <c>must be at most 2048, the model's length (got 4096)</c>.</param>
    /// <param name="cure">What to do about it.</param>
    public AttuneException Fault(string key, string problem, string? cure = null)
    {
        RecipeNode? node = Nodes;
        foreach (string part in key.Split('.'))
        {
            node = (node as RecipeMap)?[part]?.Value ?? node;
        }

        return new AttuneException(ExitCode.Usage, node?.Place.ToString(), $"{key} {problem}", cure);
    }

    /// <summary>Asks for every key of a recipe.</summary>
    internal static Recipe Read(OptionReader options, RecipeNames names, RecipeMap? nodes, string fallbackOutput) => new()
    {
        Model = ModelOptions.Read(options.Section("model", "The model to start from.")),
        Task = options.Name("task", "What the model learns to do.", "chat", names.Tasks),
        Data = DataOptions.Read(options.Section("data", "The rows to learn from and to measure on.")),
        Method = MethodChoice.Read(options, names),
        Train = TrainOptions.Read(options.Section("train", "The training itself."), names),
        Stop = StopOptions.Read(options.Section("stop", "When to stop early.")),
        Evaluate = EvaluateOptions.Read(options.Section("evaluate", "What is measured before and after the training."), names),
        Output = options.Text("output", "The run folder, relative to the current folder.", fallbackOutput),
        Nodes = nodes,
    };

    private static Recipe From(RecipeNode root, string file, IEnumerable<string>? edits, RecipeNames? names)
    {
        root = RecipeEdits.Apply(root, edits ?? []);
        if (root is not RecipeMap map)
        {
            string problem = root.IsNull ? "is empty" : $"must be a map of sections (got {root.Excerpt})";
            throw new AttuneException(ExitCode.Usage, root.Place.ToString(), problem, "begin with model:, data: and method:");
        }

        string output = "runs/" + Path.GetFileNameWithoutExtension(file);
        return OptionReader.Read(map, "", options => Read(options, names ?? RecipeNames.Any, map, output));
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Recipe))]
internal sealed partial class RecipeJson : JsonSerializerContext;
