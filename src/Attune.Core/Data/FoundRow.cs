namespace Attune.Data;

/// <summary>A row of the files, whether it is used or not.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Split">The split that it belongs to; null: it is not used.</param>
/// <param name="Example">What it says; null: it is not used.</param>
/// <param name="Reason">Why it is not used; empty where it is.</param>
/// <param name="IsBad">Whether it is refused, not merely left out.</param>
/// <param name="Excerpt">Of a bad row, its beginning or the part that is wrong.</param>
internal sealed record FoundRow(RowPlace Place, Split? Split, Example? Example, string Reason, bool IsBad, string Excerpt)
{
    /// <summary>What to say of a row that is not used.</summary>
    /// <param name="number">Which row it is.</param>
    public AttuneException Refusal(long number) => IsBad
        ? new AttuneException(ExitCode.BadData, Place.ToString(), $"row {number} is bad: {Reason}{(Excerpt.Length > 0 ? ": " + Excerpt : "")}",
            "mend it, or let it be left out with data.skip_bad in a recipe")
        : new AttuneException(ExitCode.BadData, Place.ToString(), $"row {number} is not used: {Reason}");
}
