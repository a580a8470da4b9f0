namespace Attune.Data;

/// <summary>The part of the data that a row belongs to.</summary>
public enum Split
{
    /// <summary>Trained on.</summary>
    Train,

    /// <summary>Looked at during training, to choose.</summary>
    Validation,

    /// <summary>Looked at once, at the end.</summary>
    Test,
}

/// <summary>
/// How rows are divided where their files do not say it. A row's part depends on nothing but the row itself (its content, its group
/// or a column) and the seed: it stays where it is when rows are added, moved or removed, and equal rows are never on both sides.
/// </summary>
public sealed record SplitRule
{
    /// <summary>The share of rows (of groups, with <see cref="GroupBy"/>) for validation; at least 0, with <see cref="Test"/> below 1.</summary>
    public double Validation { get; init; }

    /// <summary>The share for the test.</summary>
    public double Test { get; init; }

    /// <summary>A column whose value keeps rows together (a user, a conversation): all rows of one value are on one side. Null: rows stand alone.</summary>
    public string? GroupBy { get; init; }

    /// <summary>A column that says the part; excludes the shares. Null: there is none.</summary>
    public string? Column { get; init; }

    /// <summary>The values of <see cref="Column"/> that mean training. Rows of a value that is nowhere named are left out and counted.</summary>
    public IReadOnlyList<string> TrainValues { get; init; } = ["train", "training"];

    /// <summary>Those that mean validation.</summary>
    public IReadOnlyList<string> ValidationValues { get; init; } = ["validation", "val", "valid", "dev"];

    /// <summary>Those that mean the test.</summary>
    public IReadOnlyList<string> TestValues { get; init; } = ["test"];

    /// <summary>At most so many usable rows for training: a sample, in which each label has its share, whatever the files' order; null: all.</summary>
    public int? TrainMost { get; init; }

    /// <summary>The same for validation.</summary>
    public int? ValidationMost { get; init; }

    /// <summary>The same for the test.</summary>
    public int? TestMost { get; init; }

    /// <summary>Another seed divides otherwise, and draws other samples.</summary>
    public long Seed { get; init; }

    /// <summary>How many of a split are wanted at most.</summary>
    /// <param name="split">The split.</param>
    public int? Most(Split split) => split switch { Split.Train => TrainMost, Split.Validation => ValidationMost, _ => TestMost };
}
