namespace Attune.Generation.Processors;

/// <summary>Cuts tokens less likely than epsilon, but never the most likely (Hewitt et al. 2022).</summary>
internal sealed class EpsilonCutoff(double epsilon) : ILogitsProcessor
{
    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> scores) => Softmax.CutBelow(scores, (_, _) => epsilon);
}
