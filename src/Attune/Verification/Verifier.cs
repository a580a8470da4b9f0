namespace Attune.Verification;

/// <summary>Every check that this build has, by the kind of fixture it is for.</summary>
internal static class Verifier
{
    private static readonly Dictionary<string, IFixtureCheck> Checks = new IFixtureCheck[]
    {
        new GgufCheck(),
        new SafetensorsCheck(),
        new TokenizerCheck(),
        new ChatTemplateCheck(),
        new ScheduleCheck(),
        new OptimizerCheck(),
        new ObjectiveCheck(),
        new ForwardCheck(),
        new TrainCheck(),
        new AdapterCheck(),
        new GenerateCheck(),
        new SamplingCheck(),
        new PerplexityCheck(),
        new TokenizerComponentsCheck(),
        new TokenizerGgufCheck(),
        new TokenizerTrainCheck(),
        new MetricsCheck(),
        new QuantizationCheck(),
        new AlignLabelsCheck(),
        new NerAggregationCheck(),
        new QaSpansCheck(),
        new RelativeBucketsCheck(),
        new ImageProcessorCheck(),
        new BrokenCheck(new Dictionary<string, Action<string>>([BrokenCheck.Index, TokenizerCheck.Broken, FixtureModel.Config, AdapterCheck.Config])),
    }.ToDictionary(check => check.Kind);

    /// <summary>Checks one fixture; a kind that is not there yet is a skip, a mistake of ours a failure.</summary>
    public static FixtureResult Check(Fixture fixture)
    {
        if (!Checks.TryGetValue(fixture.Kind, out var check))
        {
            return FixtureResult.Skip($"fixtures of kind {fixture.Kind} cannot be checked yet");
        }

        try
        {
            return check.Check(fixture);
        }
#pragma warning disable CA1031 // One fixture's failure, of whatever kind, must not hide the others' results.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return FixtureResult.Fail($"{e.GetType().Name}: {e.Message.Split('\n')[0]}");
        }
    }
}
