namespace Attune.Evaluation;

/// <summary>What a model was tuned on.</summary>
public sealed record ReportData
{
    /// <summary>The files, as the recipe names them.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Rows to train on.</summary>
    public long TrainRows { get; init; }

    /// <summary>Rows to choose by.</summary>
    public long ValidationRows { get; init; }

    /// <summary>Rows for the end.</summary>
    public long TestRows { get; init; }

    /// <summary>Tokens of the training rows.</summary>
    public long TrainTokens { get; init; }

    /// <summary>Those of them that the loss is of.</summary>
    public long TrainedTokens { get; init; }

    /// <summary>The rows that before and after were measured on: <c>validation</c> or <c>test</c>; null: none.</summary>
    public string? HeldOut { get; init; }

    /// <summary>Whether the kept checkpoint was chosen by those same rows, which flatters it a little.</summary>
    public bool ChosenByHeldOut { get; init; }

    /// <summary>Rows that were cut because they were too long.</summary>
    public long Truncated { get; init; }

    /// <summary>Rows that were left out, for whatever reason.</summary>
    public long LeftOut { get; init; }

    /// <summary>Where the general text came from; null where it was not measured.</summary>
    public string? General { get; init; }
}
