namespace Attune.Data;

/// <summary>A row that cannot be trained on.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Reason">What is wrong with it, in one sentence without a full stop.</param>
/// <param name="Excerpt">At most 60 characters of it, on one line.</param>
public sealed record BadRow(RowPlace Place, string Reason, string Excerpt)
{
    /// <summary>The file, as the user named it.</summary>
    public string File => Place.File;

    /// <summary>The line (in Parquet: the row), from 1.</summary>
    public long Line => Place.Number;

    /// <inheritdoc/>
    public override string ToString() => Excerpt.Length == 0 ? $"{Place}: {Reason}" : $"{Place}: {Reason}: {Excerpt}";
}

/// <summary>What a form throws for a row that it cannot read; it becomes a <see cref="BadRow"/>.</summary>
/// <param name="reason">What is wrong, in one sentence without a full stop.</param>
/// <param name="excerpt">The part that is wrong, where that says more than the row's beginning.</param>
public sealed class BadRowException(string reason, string? excerpt = null) : AttuneException(ExitCode.BadData, null, reason)
{
    /// <summary>The part of the row that is wrong, or null.</summary>
    public string? Excerpt { get; } = excerpt;
}
