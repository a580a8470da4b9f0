namespace Attune.Evaluation;

/// <summary>How a model was tuned.</summary>
public sealed record ReportMethod
{
    /// <summary>The method's short name: <c>lora</c>, <c>full</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it leaves an adapter, to be used with the pretrained model; else a whole model.</summary>
    public bool IsAdapter { get; init; }

    /// <summary>The parameters that were trained.</summary>
    public long TrainedParameters { get; init; }

    /// <summary>The method's settings.</summary>
    public IReadOnlyList<ReportFact> Settings { get; init => field = value ?? []; } = [];
}
