using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Attune.Formats;

namespace Attune.Training;

/// <summary>
/// A recipe with everything resolved that decides what the run computes. Its hash goes into every checkpoint; a run is taken up again only
/// under the same plan. What only the machine decides (memory, time) stands beside it and is not part of the hash.
/// </summary>
public sealed class Plan
{
    /// <summary>
    /// The rules by which a plan is carried out; higher where the same plan would compute something else. 2: batches end with their epoch, and
    /// a reply is encoded apart from its prompt, as at inference.
    /// </summary>
    internal const int Version = 2;

    private readonly JsonObject decided;

    internal Plan(JsonObject decided, PlanNumbers numbers)
    {
        this.decided = decided;
        Numbers = numbers;
        Hash = HashOf(decided.ToJsonString());
    }

    /// <summary>What it comes to: rows, tokens, steps, memory, disk.</summary>
    public PlanNumbers Numbers { get; }

    /// <summary>SHA-256 of what is decided, in hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>What is decided, as JSON, and what it comes to.</summary>
    public string ToJson() => ToJson(null);

    /// <summary>The same, with the hash of the recipe's text as the run folder holds it: whether someone has edited it since can be told.</summary>
    internal string ToJson(string? recipe) => new JsonObject
    {
        ["hash"] = Hash,
        ["recipe_sha256"] = recipe is null ? null : HashOf(recipe),
        ["decided"] = decided.DeepClone(),
        ["numbers"] = JsonSerializer.SerializeToNode(Numbers, PlanJson.Default.PlanNumbers),
    }.ToJsonString(PlanJson.Default.Options) + "\n";

    /// <summary>Whether a saved plan is of a recipe with this text.</summary>
    /// <param name="path">The run's plan.json.</param>
    /// <param name="recipe">The recipe's text.</param>
    internal static bool IsOfRecipe(string path, string recipe)
    {
        var saved = BoundedJson.Parse(BoundedJson.ReadFile(path), path);
        return saved.ValueKind == JsonValueKind.Object && saved.TryGetProperty("recipe_sha256", out var hash) && hash.ValueKind == JsonValueKind.String
            && hash.GetString() == HashOf(recipe);
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Refuses to go on with a run that was begun under another plan.</summary>
    /// <param name="path">The run's plan.json.</param>
    /// <exception cref="AttuneException">It differs; every difference is named.</exception>
    internal void RequireSame(string path)
    {
        var saved = BoundedJson.Parse(BoundedJson.ReadFile(path), path);
        if (saved.ValueKind != JsonValueKind.Object)
        {
            throw new Formats.FormatException(path, 0, "is no plan: it must be a JSON object");
        }

        if (saved.TryGetProperty("hash", out var hash) && hash.GetString() == Hash)
        {
            return;
        }

        if (saved.TryGetProperty("decided", out var decision) && decision.ValueKind == JsonValueKind.Object
            && (!decision.TryGetProperty("version", out var version) || !version.TryGetInt32(out int number) || number != Version))
        {
            string other = decision.TryGetProperty("version", out var named) ? named.GetRawText() : "without a number";
            throw new AttuneException(ExitCode.Usage, path, $"the run was begun by another Attune, under plans of version {other}; this one has version {Version}, "
                + "which makes batches and rows otherwise: the rest of the run would not fit its beginning", "finish it with that Attune, or train into another output folder");
        }

        var differences = new List<string>();
        Compare("", saved.TryGetProperty("decided", out var before) ? JsonNode.Parse(before.GetRawText()) : null, decided, differences);
        throw new AttuneException(ExitCode.Usage, path, "the run was begun under another plan: " + string.Join("; ", differences.DefaultIfEmpty("its hash differs").Take(10)),
            "put back what changed, or train into another output folder");
    }

    private static void Compare(string name, JsonNode? before, JsonNode? now, List<string> differences)
    {
        if (before is JsonObject first && now is JsonObject second)
        {
            foreach (string key in first.Select(pair => pair.Key).Union(second.Select(pair => pair.Key)))
            {
                Compare(name.Length == 0 ? key : $"{name}.{key}", first[key], second[key], differences);
            }
        }
        else if (!JsonNode.DeepEquals(before, now))
        {
            differences.Add($"{name} was {before?.ToJsonString() ?? "absent"} and is {now?.ToJsonString() ?? "absent"}");
        }
    }
}

/// <summary>What a plan comes to.</summary>
public sealed record PlanNumbers
{
    /// <summary>Parameters of the model.</summary>
    public required long Parameters { get; init; }

    /// <summary>Those that are trained.</summary>
    public required long TrainableParameters { get; init; }

    /// <summary>Training rows.</summary>
    public required long TrainRows { get; init; }

    /// <summary>Their tokens.</summary>
    public required long TrainTokens { get; init; }

    /// <summary>Those of them that are trained.</summary>
    public required long TrainedTokens { get; init; }

    /// <summary>Rows that were cut to <c>max_tokens</c>.</summary>
    public required long TruncatedRows { get; init; }

    /// <summary>Rows to choose by.</summary>
    public required long ValidationRows { get; init; }

    /// <summary>Rows for the end.</summary>
    public required long TestRows { get; init; }

    /// <summary>Of a classifier the labels with their rows, in the order of their numbers; null: the model writes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LabelCount>? Labels { get; init; }

    /// <summary>Updates.</summary>
    public required long Steps { get; init; }

    /// <summary>Updates in which the learning rate rises.</summary>
    public required long WarmupSteps { get; init; }

    /// <summary>Passes over the rows.</summary>
    public required double Epochs { get; init; }

    /// <summary>Tokens of all steps, about.</summary>
    public required long StepTokens { get; init; }

    /// <summary>Memory that the run needs, in bytes, foretold.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The same with <c>train.checkpoint_activations</c>, whether it is asked for or not.</summary>
    public required long CheckpointedMemoryBytes { get; init; }

    /// <summary>The same without.</summary>
    public required long KeptMemoryBytes { get; init; }

    /// <summary>How many times as long steps take with <c>train.checkpoint_activations</c>, counted by their products.</summary>
    public required double CheckpointedTime { get; init; }

    /// <summary>Disk that the run folder needs, in bytes, foretold.</summary>
    public required long DiskBytes { get; init; }

    /// <summary>Operations of all steps' matrix products.</summary>
    public required double Operations { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PlanNumbers))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class PlanJson : JsonSerializerContext;
