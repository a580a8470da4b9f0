namespace Attune.Data;

/// <summary>Where a row stands: <c>coach.jsonl:381</c>, or <c>coach.parquet:row 381</c> in a file that has no lines.</summary>
/// <param name="File">The file, as the user named it.</param>
/// <param name="Number">The line on which the row begins, or its number; from 1.</param>
/// <param name="IsLine">Whether <paramref name="Number"/> counts lines.</param>
public readonly record struct RowPlace(string File, long Number, bool IsLine = true)
{
    /// <inheritdoc/>
    public override string ToString() => IsLine ? $"{File}:{Number}" : $"{File}:row {Number}";
}
