namespace Attune.Verification;

/// <summary>What a fixture's check came to.</summary>
internal enum FixtureOutcome
{
    Ok,
    Failed,
    Skipped,
}

/// <summary>The outcome of one fixture, with the reason where it is not ok.</summary>
internal sealed record FixtureResult(FixtureOutcome Outcome, string Message)
{
    /// <summary>Everything agreed.</summary>
    public static FixtureResult Ok { get; } = new(FixtureOutcome.Ok, "");

    /// <summary>Something differed; the message says what, where, both values and the tolerance.</summary>
    public static FixtureResult Fail(string message) => new(FixtureOutcome.Failed, message);

    /// <summary>Nothing was checked; the message says why.</summary>
    public static FixtureResult Skip(string reason) => new(FixtureOutcome.Skipped, reason);
}
