namespace Attune.Cli.Terminal;

/// <summary>Notices of a verb that goes on: each is told when it first arises, and not again.</summary>
internal sealed class NewNotices(Screen screen)
{
    private readonly HashSet<string> told = [];

    /// <summary>Takes what arises.</summary>
    public Notices Notices { get; } = new();

    /// <summary>Writes what was not yet told.</summary>
    public void Tell() => NoticeLines.Write(screen, [.. Notices.All.Where(notice => told.Add(notice.Code))]);
}
