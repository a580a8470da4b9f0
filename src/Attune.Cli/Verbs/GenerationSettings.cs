using System.CommandLine;
using Attune.Generation;
using Attune.Models;

namespace Attune.Cli.Verbs;

/// <summary>How to generate, as <c>generate</c>, <c>batch</c> and <c>chat</c> take it; what is not given is what the model's files say.</summary>
internal sealed class GenerationSettings
{
    private readonly Option<int?> maxNewTokens = new("--max-new-tokens") { Description = "The most tokens of a reply.", HelpName = "N" };
    private readonly Option<double?> temperature = new("--temperature") { Description = "Draw tokens, with logits divided by this; 0: always the most likely token.", HelpName = "X" };
    private readonly Option<double?> topP = new("--top-p") { Description = "Draw only from the most likely tokens whose probabilities reach this.", HelpName = "X" };
    private readonly Option<int?> topK = new("--top-k") { Description = "Draw only from so many most likely tokens.", HelpName = "N" };
    private readonly Option<double?> repetitionPenalty = new("--repetition-penalty") { Description = "Makes tokens that were there before less likely; 1: no change, 1.1: a little.", HelpName = "X" };
    private readonly Option<int?> noRepeatNgramSize = new("--no-repeat-ngram-size") { Description = "No sequence of so many tokens comes twice; against loops.", HelpName = "N" };
    private readonly Option<long?> seed = new("--seed") { Description = "The same seed draws the same tokens.", HelpName = "N" };

    /// <summary>The options, to be added to a verb.</summary>
    public IEnumerable<Option> All => [maxNewTokens, temperature, topP, topK, repetitionPenalty, noRepeatNgramSize, seed];

    /// <summary>What they come to with a model.</summary>
    /// <exception cref="AttuneException">A value is impossible.</exception>
    public GenerationOptions Read(ParseResult parsed, OpenModel model, int defaultMaxNewTokens)
    {
        var options = Merge(parsed, GenerationOptions.Of(model), defaultMaxNewTokens);

        // What was typed must be possible even where it does not act; then the file is to blame for what is not.
        (Merge(parsed, new GenerationOptions(), defaultMaxNewTokens) with { DoSample = true }).Check();
        if (model.GenerationConfig is { } file)
        {
            GenerationConfigReader.Check(options, file);
            GenerationConfigReader.Tell(file, options, model.Text.Notices);
        }

        options.Check();
        return options;
    }

    private GenerationOptions Merge(ParseResult parsed, GenerationOptions options, int defaultMaxNewTokens)
    {
        double? heat = parsed.GetValue(temperature);
        bool draws = heat is not (null or 0) || (heat is null && (parsed.GetValue(topP) is not null || parsed.GetValue(topK) is not null));
        return options with
        {
            MaxNewTokens = parsed.GetValue(maxNewTokens) ?? options.MaxNewTokens ?? (options.MaxLength is null ? defaultMaxNewTokens : null),
            DoSample = heat == 0 ? false : draws || options.DoSample,
            Temperature = heat is null or 0 ? options.Temperature : heat.Value,
            TopP = parsed.GetValue(topP) ?? options.TopP,
            TopK = parsed.GetValue(topK) ?? options.TopK,
            RepetitionPenalty = parsed.GetValue(repetitionPenalty) ?? options.RepetitionPenalty,
            NoRepeatNgramSize = parsed.GetValue(noRepeatNgramSize) ?? options.NoRepeatNgramSize,
            Seed = parsed.GetValue(seed),
        };
    }
}
