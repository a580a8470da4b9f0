namespace Attune.Text;

/// <summary>A clock that always shows the same time, so that a template which writes it writes the same for every row.</summary>
internal sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.CreateCustomTimeZone("stopped", now.Offset, null, null);

    public override DateTimeOffset GetUtcNow() => now.ToUniversalTime();
}
