namespace Attune.Metrics;

/// <summary>How far apart two classes count as.</summary>
public enum KappaWeights
{
    /// <summary>Any two different classes are equally far apart.</summary>
    None,

    /// <summary>The number of places between them in rising order.</summary>
    Linear,

    /// <summary>The square of that.</summary>
    Quadratic,
}

/// <summary>Agreement beyond chance of two raters, or of labels and predictions (Cohen 1960; scikit-learn's <c>cohen_kappa_score</c>).</summary>
public static class CohenKappa
{
    /// <summary>At most 1; 0 is chance; NaN where both lists hold the same single class.</summary>
    /// <exception cref="ArgumentException">The lists are empty or of different lengths.</exception>
    public static double Of(IReadOnlyList<int> labels, IReadOnlyList<int> predictions, KappaWeights weights = KappaWeights.None) =>
        Of(new ConfusionMatrix(labels, predictions), weights);

    /// <summary>The same of rows that are counted.</summary>
    public static double Of(ConfusionMatrix matrix, KappaWeights weights = KappaWeights.None)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        (double observed, double chance) = (0, 0);
        for (int row = 0; row < matrix.Classes.Count; row++)
        {
            for (int column = 0; column < matrix.Classes.Count; column++)
            {
                double apart = Math.Abs(row - column);
                double weight = weights switch
                {
                    KappaWeights.Linear => apart,
                    KappaWeights.Quadratic => apart * apart,
                    _ => Math.Min(apart, 1),
                };
                observed += weight * matrix[row, column];
                chance += weight * matrix.Expected(row) * matrix.Predicted(column) / matrix.Total;
            }
        }

        return 1 - (observed / chance);
    }

    [Metric("cohen_kappa")]
    private static double Verify(MetricArguments arguments) => Of(ConfusionMatrix.From(arguments), arguments.Choice("weights", KappaWeights.None));
}
