namespace Attune.Metrics;

/// <summary>
/// Names a metric for <c>attune verify</c>: it stands on a static method beside the metric that takes <see cref="MetricArguments"/> and gives the
/// value. A metric whose name has another meaning for rows of many labels or for tags has <c>multilabel_</c> or <c>seqeval_</c> before it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MetricAttribute(string name) : Attribute
{
    /// <summary>The name in the fixtures.</summary>
    public string Name { get; } = name;
}
