namespace Attune.Evaluation;

/// <summary>What one measurement of a model found.</summary>
public sealed record ModelScores
{
    /// <summary>Rows of the task that were not trained on; null where there are none.</summary>
    public RowLosses? HeldOut { get; init; }

    /// <summary>What a classifier said of the rows that were not trained on; null where there are none, or the model writes.</summary>
    public RowPredictions? Predictions { get; init; }

    /// <summary>Windows of a general text, to see what was forgotten; null where it was not measured.</summary>
    public RowLosses? General { get; init; }

    /// <summary>What the model said to the sample conversations, in their order.</summary>
    public IReadOnlyList<string> Replies { get; init => field = value ?? []; } = [];

    /// <summary>What the measurement took, in seconds.</summary>
    public double Seconds { get; init; }
}
