using System.Text.Json;
using Attune.Formats;

namespace Attune.Generation;

/// <summary>Reads generation_config.json. What would change the result and is not there yet is an error, never passed over.</summary>
internal static class GenerationConfigReader
{
    private static readonly string[] Refused =
    [
        "assistant_confidence_threshold", "bad_words_ids", "begin_suppress_tokens", "constraints", "diversity_penalty", "dola_layers",
        "encoder_no_repeat_ngram_size", "encoder_repetition_penalty", "exponential_decay_length_penalty", "force_words_ids", "forced_bos_token_id",
        "forced_decoder_ids", "forced_eos_token_id", "guidance_scale", "num_beam_groups", "penalty_alpha", "prompt_lookup_num_tokens", "remove_invalid_values",
        "renormalize_logits", "sequence_bias", "suppress_tokens", "token_healing", "top_h", "watermarking_config",
    ];

    private static readonly string[] ForBeams = ["constraints", "diversity_penalty", "force_words_ids", "num_beam_groups"];
    private static readonly string[] ForDrawing = ["temperature", "top_k", "top_p", "min_p", "typical_p", "epsilon_cutoff", "eta_cutoff"];

    // Settings of transformers that change no token here: ids that the tokenizer names too, caches, what is returned, and helpers of generation.
    private static readonly string[] Elsewhere =
    [
        "bos_token_id", "pad_token_id", "decoder_start_token_id", "transformers_version", "use_cache", "cache_implementation", "cache_config", "return_dict_in_generate", "output_attentions",
        "output_hidden_states", "output_scores", "output_logits", "low_memory", "generation_kwargs", "is_assistant", "num_assistant_tokens",
        "num_assistant_tokens_schedule", "assistant_early_exit", "assistant_lookbehind", "target_lookbehind", "max_matching_ngram_size", "compile_config", "disable_compile",
        "continuous_batching_config", "trust_remote_code", "prefill_chunk_size", "return_legacy_cache",
    ];

    /// <summary>The settings' names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "max_new_tokens", "max_length", "min_new_tokens", "do_sample", "temperature", "top_k", "top_p", "min_p", "typical_p", "epsilon_cutoff", "eta_cutoff",
        "repetition_penalty", "no_repeat_ngram_size", "num_beams", "num_return_sequences", "length_penalty", "early_stopping", "eos_token_id", "stop_strings",
    ];

    /// <summary>Reads.</summary>
    /// <param name="config">The file.</param>
    /// <param name="defaults">What holds where it says nothing.</param>
    public static GenerationOptions Read(HuggingFaceConfig config, GenerationOptions defaults)
    {
        ArgumentNullException.ThrowIfNull(config);
        bool searches = (config.FindInt("num_beams") ?? defaults.NumBeams) > 1;
        foreach (string key in Refused)
        {
            if (config.Root.TryGetProperty(key, out var value) && !IsNeutral(key, value) && (searches || !ForBeams.Contains(key)))
            {
                throw config.Error(key, "is not supported", "remove it where the model does without");
            }
        }

        // What only acts on drawing may be anything in a file that does not draw.
        bool draws = config.GetBool("do_sample", defaults.DoSample);
        double? Drawing(string key) => draws || config.Root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? config.FindDouble(key) : null;
        int? topK = draws ? config.FindInt("top_k") : Drawing("top_k") is double count && count == Math.Floor(count) && Math.Abs(count) < int.MaxValue ? (int)count : null;
        return defaults with
        {
            MaxNewTokens = config.FindInt("max_new_tokens") ?? defaults.MaxNewTokens,
            MaxLength = config.FindInt("max_length") ?? defaults.MaxLength,
            MinNewTokens = config.FindInt("min_new_tokens") ?? defaults.MinNewTokens,
            DoSample = draws,
            Temperature = Drawing("temperature") ?? defaults.Temperature,
            TopK = topK ?? defaults.TopK,
            TopP = Drawing("top_p") ?? defaults.TopP,
            MinP = Drawing("min_p") ?? defaults.MinP,
            TypicalP = Drawing("typical_p") ?? defaults.TypicalP,
            EpsilonCutoff = Drawing("epsilon_cutoff") ?? defaults.EpsilonCutoff,
            EtaCutoff = Drawing("eta_cutoff") ?? defaults.EtaCutoff,
            RepetitionPenalty = config.FindDouble("repetition_penalty") ?? defaults.RepetitionPenalty,
            NoRepeatNgramSize = config.FindInt("no_repeat_ngram_size") ?? defaults.NoRepeatNgramSize,
            NumBeams = config.FindInt("num_beams") ?? defaults.NumBeams,
            NumReturnSequences = config.FindInt("num_return_sequences") ?? defaults.NumReturnSequences,
            LengthPenalty = config.FindDouble("length_penalty") ?? defaults.LengthPenalty,
            EarlyStopping = ReadEarlyStopping(config) ?? defaults.EarlyStopping,
            EosTokenIds = config.FindInts("eos_token_id") ?? defaults.EosTokenIds,
            StopStrings = ReadStopStrings(config) ?? defaults.StopStrings,
        };
    }

    /// <summary>Refuses values that are impossible where they act, with the file's name.</summary>
    /// <param name="options">What was read, or what that came to with other settings.</param>
    /// <param name="config">The file.</param>
    public static void Check(GenerationOptions options, HuggingFaceConfig config)
    {
        try
        {
            options.Check();
        }
        catch (AttuneException e)
        {
            throw new AttuneException(ExitCode.BadData, config.Path, e.Problem, e.Cure ?? "mend the file, or give another value in its place", e);
        }
    }

    /// <summary>Tells of settings in a file that do nothing.</summary>
    /// <param name="config">The file.</param>
    /// <param name="options">What all settings came to.</param>
    /// <param name="notices">Told so.</param>
    public static void Tell(HuggingFaceConfig config, GenerationOptions options, Notices notices)
    {
        var given = config.Root.EnumerateObject().Where(entry => entry.Value.ValueKind != JsonValueKind.Null).ToList();
        Add("settings-for-drawing", options.DoSample ? [] : given.Where(entry => IsForDrawing(entry.Name, entry.Value)),
            n => $"{Words.Count(n, "setting")} of {config.Path} {Words.Of(n, "is", "are")} for drawing tokens, but the most likely token is taken: {Words.Of(n, "it is", "they are")} not used",
            "draw with --temperature X, or write \"do_sample\": true");
        Add("settings-for-beams", options.NumBeams > 1 ? [] : given.Where(entry => IsForBeams(entry.Name, entry.Value)),
            n => $"{Words.Count(n, "setting")} of {config.Path} {Words.Of(n, "is", "are")} for beam search, but num_beams is 1: {Words.Of(n, "it is", "they are")} not used", null);
        var unknown = given.Where(entry => !Names.Contains(entry.Name) && !Refused.Contains(entry.Name) && !Elsewhere.Contains(entry.Name) && !entry.Name.StartsWith('_')).ToList();
        Add("unknown-generation-settings", unknown, n => $"{Words.Count(n, "setting")} of {config.Path} {Words.Of(n, "is", "are")} not known here, and not used",
            unknown.Select(entry => NearestName.Of(entry.Name, Names)).FirstOrDefault(name => name is not null) is { } nearest ? $"did you mean {nearest}?" : null);

        void Add(string code, IEnumerable<JsonProperty> entries, Func<long, string> text, string? cure)
        {
            string[] spelled = [.. entries.Select(entry => $"{entry.Name}: {Formats.Names.Plain(entry.Value.GetRawText())}")];
            if (spelled.Length > 0 && !notices.All.Any(notice => notice.Code == code))
            {
                notices.Add(code, text, string.Join(", ", spelled.Take(5)), cure, spelled.Length);
            }
        }
    }

    // At these values they do nothing when drawing either, or are transformers' own defaults.
    private static bool IsForDrawing(string key, JsonElement value)
    {
        if (!ForDrawing.Contains(key))
        {
            return false;
        }

        return value.ValueKind != JsonValueKind.Number || key switch
        {
            "temperature" or "top_p" or "typical_p" => value.GetDouble() != 1,
            "top_k" => value.GetDouble() is not (0 or 50),
            _ => value.GetDouble() != 0,
        };
    }

    private static bool IsForBeams(string key, JsonElement value) => key switch
    {
        "length_penalty" => value.ValueKind != JsonValueKind.Number || value.GetDouble() is not (0 or 1),
        "early_stopping" => value.ValueKind != JsonValueKind.False,
        _ => ForBeams.Contains(key) && !IsNeutral(key, value),
    };

    // Files often spell a setting out at the value that does nothing.
    private static bool IsNeutral(string key, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        JsonValueKind.Number => value.GetDouble() == (key is "encoder_repetition_penalty" or "guidance_scale" or "num_beam_groups" ? 1 : 0) || key == "assistant_confidence_threshold",
        _ => false,
    };

    private static EarlyStopping? ReadEarlyStopping(HuggingFaceConfig config)
    {
        if (!config.Root.TryGetProperty("early_stopping", out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.False => EarlyStopping.WhenUnlikely,
            JsonValueKind.True => EarlyStopping.WhenFull,
            JsonValueKind.String when value.GetString() == "never" => EarlyStopping.WhenImpossible,
            _ => throw config.Error("early_stopping", "must be true, false or \"never\""),
        };
    }

    private static IReadOnlyList<string>? ReadStopStrings(HuggingFaceConfig config) =>
        config.Root.TryGetProperty("stop_strings", out var value) && value.ValueKind == JsonValueKind.String ? [value.GetString()!] : config.FindStrings("stop_strings");
}
