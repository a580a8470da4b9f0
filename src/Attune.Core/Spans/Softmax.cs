namespace Attune.Spans;

/// <summary>The softmax of a list, in float32 as the reference computes it.</summary>
internal static class Softmax
{
    /// <summary>The probabilities; none for an empty list.</summary>
    public static float[] Of(ReadOnlySpan<float> logits)
    {
        float[] shares = new float[logits.Length];
        float largest = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        double sum = 0;
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = MathF.Exp(logits[i] - largest);
            sum += shares[i];
        }

        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] /= (float)sum;
        }

        return shares;
    }
}
