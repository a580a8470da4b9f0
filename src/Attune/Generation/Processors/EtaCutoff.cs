namespace Attune.Generation.Processors;

/// <summary>Cuts tokens less likely than min(epsilon, sqrt(epsilon) exp(-entropy)), but never the most likely (Hewitt et al. 2022).</summary>
internal sealed class EtaCutoff(double epsilon) : ILogitsProcessor
{
    public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> scores) =>
        Softmax.CutBelow(scores, (weights, total) => Math.Min(epsilon, Math.Sqrt(epsilon) * Math.Exp(-Softmax.Entropy(weights, total))));
}
