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

    public static GenerationOptions Read(HuggingFaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        foreach (string key in Refused)
        {
            if (config.Root.TryGetProperty(key, out var value) && !IsNeutral(key, value))
            {
                throw config.Error(key, "is not supported", "remove it where the model does without");
            }
        }

        var defaults = new GenerationOptions();
        var options = new GenerationOptions
        {
            MaxNewTokens = config.FindInt("max_new_tokens"),
            MaxLength = config.FindInt("max_length"),
            MinNewTokens = config.FindInt("min_new_tokens") ?? 0,
            DoSample = config.GetBool("do_sample", false),
            Temperature = config.FindDouble("temperature") ?? defaults.Temperature,
            TopK = config.FindInt("top_k"),
            TopP = config.FindDouble("top_p") ?? defaults.TopP,
            MinP = config.FindDouble("min_p"),
            TypicalP = config.FindDouble("typical_p") ?? defaults.TypicalP,
            EpsilonCutoff = config.FindDouble("epsilon_cutoff") ?? 0,
            EtaCutoff = config.FindDouble("eta_cutoff") ?? 0,
            RepetitionPenalty = config.FindDouble("repetition_penalty") ?? defaults.RepetitionPenalty,
            NoRepeatNgramSize = config.FindInt("no_repeat_ngram_size") ?? 0,
            NumBeams = config.FindInt("num_beams") ?? defaults.NumBeams,
            NumReturnSequences = config.FindInt("num_return_sequences") ?? defaults.NumReturnSequences,
            LengthPenalty = config.FindDouble("length_penalty") ?? defaults.LengthPenalty,
            EarlyStopping = ReadEarlyStopping(config),
            EosTokenIds = config.FindInts("eos_token_id") ?? [],
            StopStrings = ReadStopStrings(config),
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

    private static EarlyStopping ReadEarlyStopping(HuggingFaceConfig config)
    {
        if (!config.Root.TryGetProperty("early_stopping", out var value))
        {
            return EarlyStopping.WhenUnlikely;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.False => EarlyStopping.WhenUnlikely,
            JsonValueKind.True => EarlyStopping.WhenFull,
            JsonValueKind.String when value.GetString() == "never" => EarlyStopping.WhenImpossible,
            _ => throw config.Error("early_stopping", "must be true, false or \"never\""),
        };
    }

    private static IReadOnlyList<string> ReadStopStrings(HuggingFaceConfig config) =>
        config.Root.TryGetProperty("stop_strings", out var value) && value.ValueKind == JsonValueKind.String ? [value.GetString()!] : config.FindStrings("stop_strings") ?? [];
}
