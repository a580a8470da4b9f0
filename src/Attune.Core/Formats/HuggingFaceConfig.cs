using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Formats;

/// <summary>
/// A model folder's config.json, or an object within it. Values are asked for by name, where a setting has had several names as
/// <c>"num_hidden_layers|n_layer"</c> (the first that is there counts); a JSON null is as good as absent. What has the wrong type or
/// lies outside its range is an error that names file and key.
/// </summary>
public sealed class HuggingFaceConfig
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const int MostLabels = 1 << 16;
    private readonly string prefix;

    private HuggingFaceConfig(string path, string prefix, JsonElement root)
    {
        Path = path;
        this.prefix = prefix;
        Root = root;
    }

    /// <summary>The file, for messages.</summary>
    public string Path { get; }

    /// <summary>The JSON object.</summary>
    public JsonElement Root { get; }

    /// <summary><c>model_type</c>, or null.</summary>
    public string? ModelType => FindString("model_type");

    /// <summary><c>architectures</c>; empty where there are none.</summary>
    public IReadOnlyList<string> Architectures => FindStrings("architectures") ?? [];

    /// <summary>The element type of the weights (<c>dtype</c>, formerly <c>torch_dtype</c>), or null where it is not told.</summary>
    public ElementType? DType => FindString("dtype|torch_dtype") switch
    {
        null or "auto" => null,
        "float32" or "torch.float32" => ElementType.F32,
        "float16" or "torch.float16" => ElementType.F16,
        "bfloat16" or "torch.bfloat16" => ElementType.BF16,
        "float64" or "torch.float64" => ElementType.F64,
        string other => throw Error("dtype|torch_dtype", $"is {Names.Quote(other)}", "known are float32, float16, bfloat16 and float64"),
    };

    /// <summary>
    /// The names of the labels in the order of their numbers (<c>id2label</c>); where only <c>num_labels</c> is there, <c>LABEL_0</c> and
    /// so on; null where there is neither.
    /// </summary>
    public IReadOnlyList<string>? Labels => ReadLabels();

    /// <summary>How <c>label2id</c> contradicts <c>id2label</c>, which decides, or that it stands alone and is not used; null: it does not.</summary>
    internal string? LabelContradiction
    {
        get
        {
            if (FindObject("label2id") is not { } numbers)
            {
                return null;
            }

            if (FindObject("id2label") is null || Labels is not { } labels)
            {
                return "label2id is there and id2label is not";
            }

            foreach (var entry in numbers.Root.EnumerateObject())
            {
                bool same = entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out int id)
                    && id >= 0 && id < labels.Count && labels[id] == entry.Name;
                if (!same)
                {
                    return $"label2id gives {Names.Quote(entry.Name)} the number {Show(entry.Value)}, id2label does not";
                }
            }

            return labels.FirstOrDefault(label => !numbers.Root.TryGetProperty(label, out _)) is { } missing
                ? $"label2id has no {Names.Quote(missing)}, id2label has" : null;
        }
    }

    /// <summary>Reads <c>config.json</c> of a folder, or the file that is named, and checks what is common to all models.</summary>
    /// <param name="path">A model's folder or a JSON file.</param>
    public static HuggingFaceConfig Open(string path)
    {
        string file = Directory.Exists(path) ? System.IO.Path.Combine(path, "config.json") : path;
        return Parse(BoundedJson.ReadFile(file), file);
    }

    /// <summary>Reads a config.json from memory.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="path">Where it comes from, for messages.</param>
    public static HuggingFaceConfig Parse(ReadOnlySpan<byte> json, string path)
    {
        var config = ParseAny(json, path);
        _ = config.ModelType;
        _ = config.Architectures;
        _ = config.DType;
        _ = config.Labels;
        return config;
    }

    /// <summary>Reads any JSON object of settings (adapter_config.json, generation_config.json, …) from memory, without the checks for models.</summary>
    public static HuggingFaceConfig ParseAny(ReadOnlySpan<byte> json, string path)
    {
        var root = BoundedJson.Parse(json, path);
        return root.ValueKind == JsonValueKind.Object ? new HuggingFaceConfig(path, "", root) : throw new FormatException(path, 0, "must be a JSON object");
    }

    /// <summary>Reads any JSON object of settings from a file.</summary>
    public static HuggingFaceConfig OpenAny(string path) => ParseAny(BoundedJson.ReadFile(path), path);

    /// <summary><c>model_type</c>, which must be there.</summary>
    public string RequireModelType() => ModelType ?? throw Error("model_type", "is missing");

    /// <summary>Whether a setting is there and not null.</summary>
    public bool Has(string keys) => Find(keys, out _) is not null;

    /// <summary>A whole number within a range; must be there.</summary>
    public int GetInt(string keys, int min = int.MinValue, int max = int.MaxValue) => FindInt(keys, min, max) ?? throw Error(keys, "is missing");

    /// <summary>A whole number within a range, or null where it is absent.</summary>
    public int? FindInt(string keys, int min = int.MinValue, int max = int.MaxValue)
    {
        if (Find(keys, out string key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !TryWhole(value, out long number))
        {
            throw Error(key, $"must be a whole number (got {Show(value)})");
        }

        return number >= min && number <= max ? (int)number : throw Error(key, $"must be {Range(min, max)} (got {number})");
    }

    /// <summary>A number; must be there.</summary>
    public double GetDouble(string keys, double min = double.MinValue, double max = double.MaxValue) =>
        FindDouble(keys, min, max) ?? throw Error(keys, "is missing");

    /// <summary>A number, or null where it is absent.</summary>
    public double? FindDouble(string keys, double min = double.MinValue, double max = double.MaxValue)
    {
        if (Find(keys, out string key) is not { } value)
        {
            return null;
        }

        double number = value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Error(key, $"must be a number (got {Show(value)})");
        return number >= min && number <= max ? number : throw Error(key, $"must be {Range(min, max)} (got {number})");
    }

    /// <summary>A truth value, or the fallback where it is absent.</summary>
    public bool GetBool(string keys, bool fallback) => FindBool(keys) ?? fallback;

    /// <summary>A truth value, or null where it is absent.</summary>
    public bool? FindBool(string keys) => Find(keys, out string key) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Error(key, $"must be true or false (got {Show(value)})");

    /// <summary>A string; must be there.</summary>
    public string GetString(string keys) => FindString(keys) ?? throw Error(keys, "is missing");

    /// <summary>A string, or null where it is absent.</summary>
    public string? FindString(string keys) => Find(keys, out string key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Error(key, $"must be a string (got {Show(value)})");

    /// <summary>A list of strings, or null where it is absent.</summary>
    public IReadOnlyList<string>? FindStrings(string keys)
    {
        if (Find(keys, out string key) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)] : throw Error(key, "must be a list of strings");
    }

    /// <summary>A list of numbers, or null where it is absent.</summary>
    public IReadOnlyList<double>? FindDoubles(string keys)
    {
        if (Find(keys, out string key) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number)
            ? [.. value.EnumerateArray().Select(item => item.GetDouble())] : throw Error(key, "must be a list of numbers");
    }

    /// <summary>A list of whole numbers, or one alone (as <c>eos_token_id</c> may be), or null where it is absent.</summary>
    public IReadOnlyList<int>? FindInts(string keys)
    {
        if (Find(keys, out string key) is not { } value)
        {
            return null;
        }

        var items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
        return [.. items.Select(item => item.ValueKind == JsonValueKind.Number && TryWhole(item, out long number) && number is >= int.MinValue and <= int.MaxValue
            ? (int)number : throw Error(key, $"must be whole numbers (got {Show(item)})"))];
    }

    /// <summary>An object of further settings, or null where it is absent.</summary>
    public HuggingFaceConfig? FindObject(string keys) => Find(keys, out string key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new HuggingFaceConfig(Path, prefix + key + ".", value) : throw Error(key, "must be an object");

    /// <summary>An object of further settings; must be there.</summary>
    public HuggingFaceConfig GetObject(string keys) => FindObject(keys) ?? throw Error(keys, "is missing");

    /// <summary>
    /// The rotary settings in either spelling: <c>rope_parameters</c>, or <c>rope_scaling</c> beside <c>rope_theta</c>. The type is
    /// <c>default</c> where none is told; further settings (factor, …) are in the object, which is null where there is none.
    /// </summary>
    /// <param name="defaultTheta">The base where none is told.</param>
    public (double Theta, string Type, HuggingFaceConfig? Settings) Rope(double defaultTheta = 10_000)
    {
        var settings = FindObject("rope_parameters|rope_scaling");
        double theta = settings?.FindDouble("rope_theta", double.Epsilon) ?? FindDouble("rope_theta|rotary_emb_base", double.Epsilon) ?? defaultTheta;
        return (theta, settings?.FindString("rope_type|type") ?? "default", settings);
    }

    /// <summary>The error of a setting: <c>config.json: hidden_size must be …</c>. The model families raise it for what only they can know.</summary>
    public AttuneException Error(string keys, string problem, string? cure = null) =>
        new(ExitCode.BadData, Path, $"{prefix}{keys.Split('|')[0]} {problem}", cure);

    /// <summary>This object as text, two spaces a level, with changes: a null removes the setting.</summary>
    /// <param name="changes">Top-level settings and their new values.</param>
    public string ToJson(params IEnumerable<KeyValuePair<string, JsonNode?>> changes)
    {
        var copy = JsonObject.Create(Root)!;
        foreach (var (key, value) in changes)
        {
            if (value is null)
            {
                copy.Remove(key);
            }
            else
            {
                copy[key] = value;
            }
        }

        return copy.ToJsonString(Indented) + "\n";
    }

    /// <summary>The same with changes, as if the file had them: a null removes the setting.</summary>
    /// <param name="changes">Top-level settings and their new values.</param>
    public HuggingFaceConfig With(params IEnumerable<KeyValuePair<string, JsonNode?>> changes) => ParseAny(System.Text.Encoding.UTF8.GetBytes(ToJson(changes)), Path);

    /// <summary>Writes <see cref="ToJson"/> to a file, whole or not at all.</summary>
    public void Save(string path, params IEnumerable<KeyValuePair<string, JsonNode?>> changes) => AtomicFile.WriteAllText(path, ToJson(changes));

    private JsonElement? Find(string keys, out string key)
    {
        foreach (string candidate in keys.Split('|'))
        {
            key = candidate;
            if (Root.TryGetProperty(candidate, out var value) && value.ValueKind != JsonValueKind.Null)
            {
                return value;
            }
        }

        key = keys;
        return null;
    }

    private List<string>? ReadLabels()
    {
        int? count = FindInt("num_labels", 1, MostLabels);
        if (FindObject("id2label") is not { } names)
        {
            return count is null ? null : [.. Enumerable.Range(0, count.Value).Select(id => $"LABEL_{id}")];
        }

        int size = names.Root.GetPropertyCount();
        var labels = new string?[size];
        foreach (var entry in names.Root.EnumerateObject())
        {
            if (!int.TryParse(entry.Name, out int id) || id < 0 || id >= size || labels[id] is not null)
            {
                throw Error("id2label", $"has the key {Names.Quote(entry.Name)}; the keys must be the numbers from 0 to {size - 1}");
            }

            labels[id] = names.GetString(entry.Name);
        }

        return count is null || count == size ? [.. labels.Select(label => label!)] : throw Error("num_labels", $"is {count}, but id2label has {size} entries");
    }

    // 2.0 is whole too: some tools write integers so. A fraction, or what a double cannot hold exactly, is not.
    private static bool TryWhole(JsonElement value, out long number)
    {
        if (value.TryGetInt64(out number))
        {
            return true;
        }

        double real = value.GetDouble();
        number = (long)real;
        return number == real && Math.Abs(real) < 1L << 53;
    }

    private static string Show(JsonElement value) => Names.Plain(value.GetRawText());

    private static string Range(double min, double max) => (min, max) switch
    {
        (double.Epsilon, _) when max is double.MaxValue => "above 0",
        (_, int.MaxValue or double.MaxValue) => $"at least {min}",
        _ => $"from {min} to {max}",
    };
}
