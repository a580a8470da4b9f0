using Attune.Hub;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>A line for each file that is fetched, and one for each tenth of it.</summary>
internal sealed class Downloads(Screen screen) : IProgress<HubProgress>
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> told = [];

    /// <inheritdoc/>
    public void Report(HubProgress value)
    {
        lock (gate)
        {
            long tenth = value.Total is > 0 ? value.Done * 10 / value.Total.Value : 0;
            if (value.Note is null && told.TryGetValue(value.File, out long last) && last >= tenth)
            {
                return;
            }

            told[value.File] = tenth;
            screen.Progress.MarkupLineInterpolated($"[grey]{value.Repository}/{value.File}: {value.Note ?? (value.Total is null ? "" : $"{tenth * 10} %")}[/]");
        }
    }
}
