namespace Attune.Metrics;

/// <summary>How often a label was right, predicted and expected.</summary>
/// <param name="Right">How often it was predicted where it was expected.</param>
/// <param name="Predicted">How often it was predicted.</param>
/// <param name="Expected">How often it was expected, its support.</param>
public readonly record struct LabelCounts(long Right, long Predicted, long Expected)
{
    /// <summary>The counts of two labels together.</summary>
    public static LabelCounts operator +(LabelCounts left, LabelCounts right) => Add(left, right);

    /// <summary>The counts of two labels together.</summary>
    public static LabelCounts Add(LabelCounts left, LabelCounts right) =>
        new(left.Right + right.Right, left.Predicted + right.Predicted, left.Expected + right.Expected);

    /// <summary>Precision, recall and their weighted harmonic mean, F-beta.</summary>
    /// <param name="zeroDivision">What a figure is whose denominator is 0.</param>
    /// <param name="beta">How many times as much recall counts as precision.</param>
    public PrecisionRecallF1 Scores(double zeroDivision = 0, double beta = 1)
    {
        double square = beta * beta;
        return new(
            Predicted == 0 ? zeroDivision : Right / (double)Predicted,
            Expected == 0 ? zeroDivision : Right / (double)Expected,
            Predicted + Expected == 0 ? zeroDivision : (1 + square) * Right / ((square * Expected) + Predicted));
    }

    /// <summary>The size of the intersection by that of the union.</summary>
    /// <param name="zeroDivision">What it is where both are empty.</param>
    public double Jaccard(double zeroDivision = 0) =>
        Predicted + Expected == 0 ? zeroDivision : Right / (double)(Predicted + Expected - Right);
}
