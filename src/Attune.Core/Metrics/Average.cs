namespace Attune.Metrics;

/// <summary>How the figures of single labels become one, with scikit-learn's names.</summary>
public enum Average
{
    /// <summary>The figure of class 1 alone.</summary>
    Binary,

    /// <summary>The counts of all labels are added up first.</summary>
    Micro,

    /// <summary>The mean over labels.</summary>
    Macro,

    /// <summary>The mean over labels, each weighed by how often it is expected.</summary>
    Weighted,

    /// <summary>The mean over rows (of several labels each).</summary>
    Samples,
}
