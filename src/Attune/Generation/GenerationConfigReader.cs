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
        foreach (string key in Refused)
        {
            if (config.Root.TryGetProperty(key, out var value) && !IsNeutral(key, value))
            {
                throw config.Error(key, "is not supported", "remove it where the model does without");
            }
        }

        var options = defaults with
        {
            MaxNewTokens = config.FindInt("max_new_tokens") ?? defaults.MaxNewTokens,
            MaxLength = config.FindInt("max_length") ?? defaults.MaxLength,
            MinNewTokens = config.FindInt("min_new_tokens") ?? defaults.MinNewTokens,
            DoSample = config.GetBool("do_sample", defaults.DoSample),
            Temperature = config.FindDouble("temperature") ?? defaults.Temperature,
            TopK = config.FindInt("top_k") ?? defaults.TopK,
            TopP = config.FindDouble("top_p") ?? defaults.TopP,
            MinP = config.FindDouble("min_p") ?? defaults.MinP,
            TypicalP = config.FindDouble("typical_p") ?? defaults.TypicalP,
            EpsilonCutoff = config.FindDouble("epsilon_cutoff") ?? defaults.EpsilonCutoff,
            EtaCutoff = config.FindDouble("eta_cutoff") ?? defaults.EtaCutoff,
            RepetitionPenalty = config.FindDouble("repetition_penalty") ?? defaults.RepetitionPenalty,
            NoRepeatNgramSize = config.FindInt("no_repeat_ngram_size") ?? defaults.NoRepeatNgramSize,
            NumBeams = config.FindInt("num_beams") ?? defaults.NumBeams,
            NumReturnSequences = config.FindInt("num_return_sequences") ?? defaults.NumReturnSequences,
            LengthPenalty = config.FindDouble("length_penalty") ?? defaults.LengthPenalty,
            EarlyStopping = ReadEarlyStopping(config) ?? defaults.EarlyStopping,
            EosTokenIds = config.FindInts("eos_token_id") ?? defaults.EosTokenIds,
            StopStrings = ReadStopStrings(config) ?? defaults.StopStrings,
        };
        try
        {
            options.Check();
        }
        catch (AttuneException e)
        {
            throw new AttuneException(ExitCode.BadData, config.Path, e.Problem, e.Cure, e);
        }

        return options;
    }

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
