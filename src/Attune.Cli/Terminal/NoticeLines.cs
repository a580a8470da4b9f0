using System.Text.Json.Nodes;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>Notices on a terminal, a line each on the error stream, so that results stay what a program expects; and for <c>--json</c>.</summary>
internal static class NoticeLines
{
    /// <summary>Writes them.</summary>
    public static void Write(Screen screen, IReadOnlyList<Notice> notices)
    {
        // Recipes' paths are whole ones; a reader knows the folder that they stand in.
        string here = Directory.GetCurrentDirectory() + Path.DirectorySeparatorChar;
        foreach (Notice notice in notices)
        {
            screen.Progress.MarkupLine($"[yellow]note:[/] {Markup.Escape(notice.ToString().Replace(here, "", StringComparison.Ordinal))}");
        }
    }

    /// <summary>Writes those that have come since some were written.</summary>
    /// <param name="screen">Where.</param>
    /// <param name="notices">All of them.</param>
    /// <param name="told">How many were written before.</param>
    /// <returns>How many are written now.</returns>
    public static int Write(Screen screen, Notices notices, int told = 0)
    {
        var all = notices.All;
        Write(screen, [.. all.Skip(told)]);
        return all.Count;
    }

    /// <summary>As a list of objects: code, count, text, first, cure.</summary>
    public static JsonArray Json(IReadOnlyList<Notice> notices) => [.. notices.Select(notice => (JsonNode)new JsonObject
    {
        ["code"] = notice.Code,
        ["count"] = notice.Count,
        ["text"] = notice.Text,
        ["first"] = notice.First,
        ["cure"] = notice.Cure,
    })];
}
