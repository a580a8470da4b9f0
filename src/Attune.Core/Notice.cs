namespace Attune;

/// <summary>Something a user should know: what they gave is not used, or is used as something else.</summary>
/// <param name="Code">A stable name for programs, such as <c>rows-on-both-sides</c>.</param>
/// <param name="Count">How often it occurred; at least 1.</param>
/// <param name="Text">What happened, in one sentence without a full stop; it names the count where that matters.</param>
/// <param name="First">The first place or example; null where there is none to show.</param>
/// <param name="Cure">What to do about it, in one sentence without a full stop; null where nothing needs doing.</param>
public sealed record Notice(string Code, long Count, string Text, string? First = null, string? Cure = null)
{
    /// <inheritdoc/>
    public override string ToString() => Text + (First is null ? "" : $" (first: {First})") + (Cure is null ? "" : "; " + Cure);
}
