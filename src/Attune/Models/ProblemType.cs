namespace Attune.Models;

/// <summary>What the outputs of a classifier mean: <c>problem_type</c> in config.json.</summary>
public enum ProblemType
{
    /// <summary>One label a row (<c>single_label_classification</c>).</summary>
    SingleLabel,

    /// <summary>Any number of labels a row (<c>multi_label_classification</c>).</summary>
    MultiLabel,

    /// <summary>Numbers (<c>regression</c>).</summary>
    Regression,
}
