namespace Attune.Generation.Processors;

/// <summary>Tokens that were generated before: the frequency penalty for each time, the presence penalty once (OpenAI's interface).</summary>
internal sealed class OccurrencePenalty(double frequency, double presence) : ILogitsProcessor
{
    private readonly float frequency = (float)frequency;
    private readonly float presence = (float)presence;

    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> scores)
    {
        var generated = tokens[promptLength..];
        for (int i = 0; i < generated.Length; i++)
        {
            scores[generated[i]] -= frequency + (generated[..i].Contains(generated[i]) ? 0 : presence);
        }
    }
}
