namespace Attune.Training.Optimizers;

/// <summary>One rate a group, from one for all or one a group.</summary>
internal static class OptimizerRates
{
    public static double[] Of(ReadOnlySpan<double> learningRates, int groups)
    {
        if (learningRates.Length != 1 && learningRates.Length != groups)
        {
            throw new ArgumentException($"{learningRates.Length} learning rates for {groups} groups.", nameof(learningRates));
        }

        double[] rates = new double[groups];
        for (int i = 0; i < groups; i++)
        {
            rates[i] = learningRates[learningRates.Length == 1 ? 0 : i];
        }

        return rates;
    }
}
