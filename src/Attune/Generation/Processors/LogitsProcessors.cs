namespace Attune.Generation.Processors;

/// <summary>The processors that options ask for, in the order in which transformers applies them.</summary>
internal static class LogitsProcessors
{
    public static ILogitsProcessor[] Of(GenerationOptions options)
    {
        var processors = new List<ILogitsProcessor>();
        void AddIf(bool wanted, Func<ILogitsProcessor> make)
        {
            if (wanted)
            {
                processors.Add(make());
            }
        }

        AddIf(options.RepetitionPenalty != 1, () => new RepetitionPenalty(options.RepetitionPenalty));
        AddIf(options.FrequencyPenalty != 0 || options.PresencePenalty != 0, () => new OccurrencePenalty(options.FrequencyPenalty, options.PresencePenalty));
        AddIf(options.NoRepeatNgramSize > 0, () => new NoRepeatNgram(options.NoRepeatNgramSize));
        AddIf(options.MinNewTokens > 0 && options.EosTokenIds.Count > 0, () => new MinNewTokens(options.MinNewTokens, options.EosTokenIds));
        if (options.DoSample)
        {
            AddIf(options.Temperature != 1, () => new Temperature(options.Temperature));
            AddIf(options.TopK > 0, () => new TopK(options.TopK!.Value));
            AddIf(options.TopP < 1, () => new TopP(options.TopP));
            AddIf(options.MinP is not null, () => new MinP(options.MinP!.Value));
            AddIf(options.TypicalP < 1, () => new TypicalP(options.TypicalP));
            AddIf(options.EpsilonCutoff > 0, () => new EpsilonCutoff(options.EpsilonCutoff));
            AddIf(options.EtaCutoff > 0, () => new EtaCutoff(options.EtaCutoff));
        }

        return [.. processors];
    }
}
