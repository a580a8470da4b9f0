using Attune.Formats;
using Attune.Models;

namespace Attune.Generation;

/// <summary>How to generate, under the names of transformers' GenerationConfig. Without any, the most likely token is taken until an end token.</summary>
public sealed record GenerationOptions
{
    /// <summary><c>max_new_tokens</c>: how many tokens at most, above 0; null: as many as the model has places for.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary><c>max_length</c>: prompt and new tokens together at most, where <see cref="MaxNewTokens"/> is null.</summary>
    public int? MaxLength { get; init; }

    /// <summary><c>min_new_tokens</c>: how many tokens come before an end token may.</summary>
    public int MinNewTokens { get; init; }

    /// <summary><c>do_sample</c>: whether tokens are drawn; else the most likely is taken.</summary>
    public bool DoSample { get; init; }

    /// <summary><c>temperature</c>, above 0: logits are divided by it before drawing.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary><c>top_k</c>: only the k most likely are drawn from; null or 0: all.</summary>
    public int? TopK { get; init; }

    /// <summary><c>top_p</c>, from 0 to 1: only the most likely whose probabilities together reach this are drawn from.</summary>
    public double TopP { get; init; } = 1;

    /// <summary><c>min_p</c>, from 0 to 1: only tokens at least this share as likely as the most likely one; null: all.</summary>
    public double? MinP { get; init; }

    /// <summary><c>typical_p</c>, above 0 up to 1: only the tokens nearest to the expected surprise whose probabilities together reach this (Meister et al. 2023).</summary>
    public double TypicalP { get; init; } = 1;

    /// <summary><c>epsilon_cutoff</c>, from 0 to below 1: no token less likely than this (Hewitt et al. 2022).</summary>
    public double EpsilonCutoff { get; init; }

    /// <summary><c>eta_cutoff</c>, from 0 to below 1: the same with a limit that falls with the entropy (Hewitt et al. 2022).</summary>
    public double EtaCutoff { get; init; }

    /// <summary><c>repetition_penalty</c>, above 0: tokens of the prompt and the text so far become less likely above 1 (Keskar et al. 2019).</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary><c>no_repeat_ngram_size</c>: no run of so many tokens comes twice; 0: any may.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary>Taken from a token's logit for every time that it was generated before, as in OpenAI's interface; -2 to 2.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Taken from a token's logit if it was generated before, as in OpenAI's interface; -2 to 2.</summary>
    public double PresencePenalty { get; init; }

    /// <summary><c>num_beams</c>: how many beams are searched; 1: none.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary><c>num_return_sequences</c>: how many sequences a prompt gets; with beams no more than those.</summary>
    public int NumReturnSequences { get; init; } = 1;

    /// <summary><c>length_penalty</c>: the power of the length that a beam's score is divided by.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary><c>early_stopping</c>: when beam search ends.</summary>
    public EarlyStopping EarlyStopping { get; init; }

    /// <summary><c>eos_token_id</c>: the tokens that end a sequence; empty: only the length does.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary><c>stop_strings</c>: a sequence ends with the token that completes one of them, wherever in that token it ends.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>What drawing starts from: the same seed, prompt and options give the same tokens. Null: another each time.</summary>
    public long? Seed { get; init; }

    /// <summary>The adapter that answers; null: the base model. An unknown name is an error, never the base model.</summary>
    public string? Adapter { get; init; }

    /// <summary>What a model's files say of generating from it: generation_config.json with transformers' defaults, and its end tokens.</summary>
    /// <param name="model">The model.</param>
    /// <returns>Options that may be impossible until others are put in their place: <see cref="Check"/> says so.</returns>
    /// <exception cref="AttuneException">generation_config.json asks for what Attune cannot do.</exception>
    public static GenerationOptions Of(OpenModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var options = model.GenerationConfig is { } config ? GenerationConfigReader.Read(config, new GenerationOptions()) : new GenerationOptions();

        // A file that only says do_sample means transformers' default.
        return options with
        {
            TopK = options is { DoSample: true, TopK: null } ? 50 : options.TopK,
            EosTokenIds = model.EndTokenIds,
        };
    }

    /// <summary>Reads a GenerationConfig; what it does not name keeps the defaults of this type.</summary>
    /// <param name="config">generation_config.json or a part of another file.</param>
    /// <exception cref="AttuneException">A value is impossible, or asks for what Attune cannot do.</exception>
    public static GenerationOptions Read(HuggingFaceConfig config)
    {
        var options = GenerationConfigReader.Read(config, new GenerationOptions());
        GenerationConfigReader.Check(options, config);
        return options;
    }

    /// <summary>Refuses values that make no sense, of those that act: without <see cref="DoSample"/> those for drawing do not.</summary>
    /// <exception cref="AttuneException">A value is outside its range, or two do not go together.</exception>
    public void Check()
    {
        Require(MaxNewTokens is null or > 0, "max_new_tokens must be at least 1", MaxNewTokens);
        Require(MaxLength is null or > 0, "max_length must be at least 1", MaxLength);
        Require(MinNewTokens >= 0, "min_new_tokens must be at least 0", MinNewTokens);
        Require(RepetitionPenalty > 0 && double.IsFinite(RepetitionPenalty), "repetition_penalty must be greater than 0", RepetitionPenalty);
        Require(NoRepeatNgramSize >= 0, "no_repeat_ngram_size must be at least 0", NoRepeatNgramSize);
        Require(FrequencyPenalty is >= -2 and <= 2, "frequency_penalty must be from -2 to 2", FrequencyPenalty);
        Require(PresencePenalty is >= -2 and <= 2, "presence_penalty must be from -2 to 2", PresencePenalty);
        Require(NumBeams is >= 1 and <= 256, "num_beams must be from 1 to 256", NumBeams);
        Require(NumReturnSequences is >= 1 and <= 256, "num_return_sequences must be from 1 to 256", NumReturnSequences);
        Require(NumBeams == 1 || double.IsFinite(LengthPenalty), "length_penalty must be a number", LengthPenalty);
        Require(StopStrings.All(stop => !string.IsNullOrEmpty(stop)), "stop_strings must not be empty", "\"\"");
        Require(NumBeams == 1 || !DoSample, "num_beams above 1 with do_sample", NumBeams, "choose one: beams are searched for the most likely sequence");
        Require(NumBeams == 1 || NumReturnSequences <= NumBeams, $"num_return_sequences must be at most num_beams, {NumBeams}", NumReturnSequences);
        Require(NumBeams > 1 || DoSample || NumReturnSequences == 1, "num_return_sequences above 1 needs do_sample or num_beams", NumReturnSequences);
        if (DoSample)
        {
            CheckDrawing();
        }
    }

    private void CheckDrawing()
    {
        Require(Temperature > 0 && double.IsFinite(Temperature), "temperature must be greater than 0", Temperature, "for the most likely token leave do_sample false");
        Require(TopK is null or >= 0, "top_k must be at least 0", TopK);
        Require(TopP is >= 0 and <= 1, "top_p must be from 0 to 1", TopP);
        Require(MinP is null or (>= 0 and <= 1), "min_p must be from 0 to 1", MinP);
        Require(TypicalP is > 0 and <= 1, "typical_p must be above 0 and at most 1", TypicalP);
        Require(EpsilonCutoff is >= 0 and < 1, "epsilon_cutoff must be from 0 to below 1", EpsilonCutoff);
        Require(EtaCutoff is >= 0 and < 1, "eta_cutoff must be from 0 to below 1", EtaCutoff);
    }

    private static void Require(bool holds, string rule, object? got, string? cure = null)
    {
        if (!holds)
        {
            throw new AttuneException(ExitCode.Usage, null, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{rule} (got {got})"), cure);
        }
    }
}
