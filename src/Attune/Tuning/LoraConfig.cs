using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Nn;
using Attune.Recipes;

namespace Attune.Tuning;

/// <summary>LoRA's settings, from a recipe's <c>method.lora</c> or from PEFT's adapter_config.json.</summary>
internal sealed record LoraConfig
{
    private const int MostRank = 1 << 16;

    // What changes the computation and is not there.
    private static readonly string[] Refused =
    [
        "use_dora", "use_qalora", "use_bdlora", "layer_replication", "target_parameters", "trainable_token_indices", "alora_invocation_tokens",
        "megatron_config", "arrow_config", "velora_config", "kasa_config", "monteclora_config",
    ];

    // What only says how an adapter began or came about.
    private static readonly string[] Ignored =
    [
        "auto_mapping", "revision", "inference_mode", "peft_version", "fan_in_fan_out", "megatron_core", "loftq_config", "eva_config", "corda_config", "lora_ga_config",
        "qalora_group_size", "ensure_weight_tying", "runtime_config", "_custom_modules",
    ];

    private static readonly string[] Read =
    [
        "peft_type", "task_type", "base_model_name_or_path", "r", "lora_alpha", "lora_dropout", "target_modules", "exclude_modules", "layers_to_transform", "layers_pattern",
        "rank_pattern", "alpha_pattern", "use_rslora", "modules_to_save", "bias", "lora_bias", "init_lora_weights",
    ];

    private static readonly string[] Tasks = ["SEQ_CLS", "SEQ_2_SEQ_LM", "CAUSAL_LM", "TOKEN_CLS", "QUESTION_ANS", "FEATURE_EXTRACTION"];

    private const string RowTask = "SEQ_CLS";

    // What PEFT takes for the heads of models that classify rows; one of them is there.
    private static readonly string[] HeadsOfRows = ["classifier", "score"];

    public int Rank { get; init; } = 8;

    public double Alpha { get; init; } = 8;

    public double Dropout { get; init; }

    public required ModuleChoice Modules { get; init; }

    public IReadOnlyList<ModuleSetting> RankPattern { get; init; } = [];

    public IReadOnlyList<ModuleSetting> AlphaPattern { get; init; } = [];

    public bool UseRslora { get; init; }

    /// <summary><c>none</c>, <c>all</c> or <c>lora_only</c>.</summary>
    public string Bias { get; init; } = "none";

    public bool LoraBias { get; init; }

    /// <summary>Whether A begins normally distributed, instead of evenly.</summary>
    public bool Gaussian { get; init; }

    /// <summary>Where the settings stand, for messages.</summary>
    public string Place { get; init; } = "method.lora";

    /// <summary>Reads a recipe's options.</summary>
    public static LoraConfig From(OptionReader options)
    {
        var oneOrMore = new NumberRange(1, MostRank);
        var targets = ModuleList.Read(options, "targets", "all-linear (every projection but the output layer), a list of the ends of module names, or a regular expression for whole names.");
        var exclude = ModuleList.Read(options, "exclude", "Modules that are left alone though they are targets: a list, or a regular expression.");
        return new LoraConfig
        {
            Rank = options.Integer("rank", "The inner width: how much can be learned.", 8, oneOrMore),
            Alpha = options.Number("alpha", "The change is scaled by alpha / rank.", 8, NumberRange.Positive),
            Dropout = options.Number("dropout", "The share of a layer's inputs that the change does not see in training.", 0, NumberRange.BelowOne),
            Modules = new ModuleChoice(
                targets ?? ModuleList.All("method.lora.targets"),
                exclude,
                Layers(options),
                options.Texts("layers_pattern", "What the list of blocks is called in module names (layers, h), where layers is given."),
                options.Texts("modules_to_save", "Modules that are trained whole and saved with the adapter.")),
            RankPattern = Settings(options, "rank_pattern", "Other ranks for some modules: regular expressions for the ends of names, with numbers.", oneOrMore, whole: true),
            AlphaPattern = Settings(options, "alpha_pattern", "Other alphas for some modules.", NumberRange.Positive, whole: false),
            UseRslora = options.Boolean("use_rslora", "Whether the change is scaled by alpha / sqrt(rank).", false),
            Bias = options.Name("bias", "Which biases of the model are trained too.", "none", ["none", "all", "lora_only"]),
            LoraBias = options.Boolean("lora_bias", "Whether the change has a bias of its own.", false),
            Gaussian = options.Name("init", "How A begins: kaiming (evenly spread) or gaussian.", "kaiming", ["kaiming", "gaussian"]) == "gaussian",
        };
    }

    /// <summary>Reads adapter_config.json.</summary>
    /// <param name="json">The file.</param>
    /// <param name="warn">Told what is ignored.</param>
    public static LoraConfig From(HuggingFaceConfig json, Action<string> warn)
    {
        CheckKeys(json, warn);
        if (json.GetString("peft_type") is not "LORA" and var type)
        {
            throw json.Error("peft_type", $"is {Names.Quote(type)}, not LORA");
        }

        if (json.FindString("task_type") is { } task && !Tasks.Contains(task))
        {
            throw json.Error("task_type", $"is {Names.Quote(task)}", $"known are {string.Join(", ", Tasks)}");
        }

        if (json.FindString("base_model_name_or_path") is { } model && model.Split('/', '\\').Contains(".."))
        {
            throw json.Error("base_model_name_or_path", $"is {Names.Quote(model)}, which climbs out of its folder", "name the model by its hub id or its full path");
        }

        string bias = json.FindString("bias") ?? "none";
        return new LoraConfig
        {
            Place = json.Path,
            Rank = json.FindInt("r", 1, MostRank) ?? 8,
            Alpha = json.FindDouble("lora_alpha", double.Epsilon) ?? 8,
            Dropout = json.FindDouble("lora_dropout", 0, 1) ?? 0,
            Modules = new ModuleChoice(
                ModuleList.Read(json, "target_modules") ?? throw json.Error("target_modules", "is missing"),
                ModuleList.Read(json, "exclude_modules"),
                json.FindInts("layers_to_transform") is { Count: > 0 } layers ? layers : null,
                OneOrMore(json, "layers_pattern"),
                json.FindStrings("modules_to_save") ?? []),
            RankPattern = Settings(json, "rank_pattern", (pattern, key) => pattern.GetInt(key, 1, MostRank)),
            AlphaPattern = Settings(json, "alpha_pattern", (pattern, key) => pattern.GetDouble(key, double.Epsilon)),
            UseRslora = json.GetBool("use_rslora", false),
            Bias = bias is "none" or "all" or "lora_only" ? bias : throw json.Error("bias", $"is {Names.Quote(bias)}", "known are none, all and lora_only"),
            LoraBias = json.GetBool("lora_bias", false),
            Gaussian = ReadInit(json),
        };
    }

    /// <summary>Whether a name is one of those under which PEFT looks for the head of a model that classifies rows.</summary>
    public static bool IsHeadOfRows(string module, PretrainedModel model) => model.TaskType == RowTask && HeadsOfRows.Contains(module);

    /// <summary>The settings for a model: what classifies its rows, and what its checkpoint lacks, is trained whole, asked for or not, as PEFT does.</summary>
    public LoraConfig For(PretrainedModel model)
    {
        string[] whole = [.. Modules.ModulesToSave.Concat(model.TaskType == RowTask ? HeadsOfRows : []).Concat(model.BegunLayers).Distinct()];
        return this with { Modules = Modules with { ModulesToSave = whole } };
    }

    /// <summary>The rank of a module.</summary>
    public int RankOf(string path) => (int)(ModuleSetting.Find(RankPattern, path) ?? Rank);

    /// <summary>What a module's change is multiplied by.</summary>
    public double ScaleOf(string path)
    {
        double alpha = ModuleSetting.Find(AlphaPattern, path) ?? Alpha;
        return alpha / (UseRslora ? Math.Sqrt(RankOf(path)) : RankOf(path));
    }

    /// <summary>adapter_config.json: what PEFT needs, no more, its keys in order.</summary>
    public JsonObject ToJson(PretrainedModel? model, IReadOnlyCollection<string> paths, bool fanInFanOut)
    {
        // PEFT's word for all projections depends on its own idea of the model: the names are written out.
        bool written = Modules.Targets.AllLinear && model is not null;
        var json = new JsonObject
        {
            ["alpha_pattern"] = ModuleSetting.ToJson(AlphaPattern),
            ["base_model_name_or_path"] = model?.NameOrPath,
            ["bias"] = Bias,
            ["exclude_modules"] = written ? null : Modules.Exclude?.ToJson(),
            ["fan_in_fan_out"] = fanInFanOut,
            ["inference_mode"] = true,
            ["init_lora_weights"] = Gaussian ? "gaussian" : true,
            ["layers_pattern"] = written || Modules.LayersPattern.Count == 0 ? null : List(Modules.LayersPattern),
            ["layers_to_transform"] = written || Modules.Layers is null ? null : new JsonArray([.. Modules.Layers.Select(layer => (JsonNode)layer)]),
            ["lora_alpha"] = Alpha,
            ["lora_bias"] = LoraBias,
            ["lora_dropout"] = Dropout,
            ["modules_to_save"] = Modules.ModulesToSave.Count == 0 ? null : List(Modules.ModulesToSave),
            ["peft_type"] = "LORA",
            ["r"] = Rank,
            ["rank_pattern"] = ModuleSetting.ToJson(RankPattern),
            ["target_modules"] = written ? List(ModuleChoice.Shorten(model!, paths)) : Modules.Targets.ToJson(),
            ["task_type"] = model?.TaskType,
            ["use_rslora"] = UseRslora,
        };
        return json;
    }

    private static JsonArray List(IEnumerable<string> items) => [.. items.Select(item => (JsonNode)item)];

    private static List<int>? Layers(OptionReader options)
    {
        const string Key = "layers";
        var schema = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0 }, ["minItems"] = 1 };
        var node = options.Node(Key, "The numbers of the blocks that are adapted; absent: all.", schema);
        if (node is RecipeList { Items.Count: > 0 } list && list.Items.All(item => item is RecipeScalar { Integer: >= 0 and <= int.MaxValue }))
        {
            return [.. list.Items.Cast<RecipeScalar>().Select(item => (int)item.Integer!.Value)];
        }

        if (node is not null)
        {
            options.Fail(Key, "must be a list of the blocks' numbers");
        }

        return null;
    }

    private static List<ModuleSetting> Settings(OptionReader options, string key, string description, NumberRange range, bool whole)
    {
        var settings = new List<ModuleSetting>();
        foreach (var (pattern, number) in options.Numbers(key, description, range))
        {
            try
            {
                settings.Add(new ModuleSetting(pattern, number, key));
            }
            catch (AttuneException exception)
            {
                options.Fail(key, exception.Problem);
            }

            if (whole && number != Math.Floor(number))
            {
                options.Fail(key, $"must have whole numbers (got {number})");
            }
        }

        return settings;
    }

    private static List<ModuleSetting> Settings(HuggingFaceConfig json, string key, Func<HuggingFaceConfig, string, double> read) =>
        json.FindObject(key) is not { } pattern ? []
        : [.. pattern.Root.EnumerateObject().Select(entry => new ModuleSetting(entry.Name, read(pattern, entry.Name), $"{json.Path}: {key}"))];

    private static IReadOnlyList<string> OneOrMore(HuggingFaceConfig json, string key) =>
        !json.Has(key) ? [] : json.Root.GetProperty(key).ValueKind == JsonValueKind.String ? [json.GetString(key)] : json.FindStrings(key)!;

    private static void CheckKeys(HuggingFaceConfig json, Action<string> warn)
    {
        foreach (var entry in json.Root.EnumerateObject())
        {
            bool isSet = entry.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False);
            if (Refused.Contains(entry.Name) && isSet)
            {
                throw json.Error(entry.Name, "asks for something that is not there", "merge the adapter with PEFT first");
            }

            if (isSet && !Read.Contains(entry.Name) && !Ignored.Contains(entry.Name))
            {
                warn($"{json.Path}: {Names.Plain(entry.Name)} is unknown and was ignored");
            }
        }
    }

    private static bool ReadInit(HuggingFaceConfig json)
    {
        if (!json.Has("init_lora_weights") || json.Root.GetProperty("init_lora_weights").ValueKind != JsonValueKind.String)
        {
            _ = json.GetBool("init_lora_weights", true);
            return false;
        }

        string init = json.GetString("init_lora_weights");
        return init switch
        {
            "gaussian" => true,
            "true" or "false" or "eva" or "orthogonal" => false,
            _ when init is "olora" or "corda" or "loftq" or "lora_ga" || init.StartsWith("pissa", StringComparison.Ordinal) => throw json.Error(
                "init_lora_weights", $"is {Names.Quote(init)}, which changes the model's own weights",
                "save it with PEFT's path_initial_model_for_weight_conversion: that makes it a plain LoRA"),
            _ => throw json.Error("init_lora_weights", $"is {Names.Quote(init)}", "known are true and gaussian"),
        };
    }
}

/// <summary>A number for some modules.</summary>
/// <param name="Pattern">A regular expression for the end of a path, from a dot on, or for the whole.</param>
/// <param name="Value">The number.</param>
/// <param name="Place">Where it stands, for messages.</param>
internal sealed record ModuleSetting(string Pattern, double Value, string Place)
{
    private readonly Func<string, bool> matches = ModulePattern.Compile($@"(.*\.)?({Pattern})", Place);

    /// <summary>The number of the first that matches; null where none does.</summary>
    public static double? Find(IEnumerable<ModuleSetting> settings, string path) => settings.FirstOrDefault(setting => setting.matches(path))?.Value;

    /// <summary>As adapter_config.json has them.</summary>
    public static JsonObject ToJson(IEnumerable<ModuleSetting> settings) => new(settings.Select(setting => KeyValuePair.Create(setting.Pattern, (JsonNode?)setting.Value)));
}
