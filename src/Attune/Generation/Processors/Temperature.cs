namespace Attune.Generation.Processors;

/// <summary>Divides the scores: below 1 likely tokens become likelier, above 1 less so.</summary>
internal sealed class Temperature(double temperature) : ILogitsProcessor
{
    private readonly float temperature = (float)temperature;

    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> scores)
    {
        foreach (ref float score in scores)
        {
            score /= temperature;
        }
    }
}
