using System.CommandLine;
using System.Text.Json;
using Attune.Cli.Terminal;
using Attune.Native;
using Spectre.Console;

namespace Attune.Cli.Verbs;

/// <summary><c>attune doctor</c>: what this machine has, what was repaired, what to do.</summary>
internal static class DoctorVerb
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create(Screen screen)
    {
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var command = new Verb("doctor", "Look at this machine: libtorch, processor, memory, disk, and what to do about what is wrong.",
            [
                "attune doctor",
                "attune doctor --json",
            ]) { json };
        command.SetAction(parsed => (int)Run(screen, parsed.GetValue(json)));
        return command;
    }

    private static ExitCode Run(Screen screen, bool json)
    {
        var report = Doctor.Examine();
        if (json)
        {
            screen.Line(JsonSerializer.Serialize(report, Indented));
        }
        else
        {
            foreach (var finding in report.Findings)
            {
                string mark = finding.Advice is null ? "[green]ok[/]  " : "[yellow]look[/]";
                screen.Out.Markup(mark);
                screen.Out.MarkupLineInterpolated($" {finding.What}: {finding.Value}");
                if (finding.Advice is { } advice)
                {
                    screen.Out.MarkupLineInterpolated($"       [yellow]{advice}[/]");
                }
            }
        }

        return report.Libtorch is null ? ExitCode.MissingInput : ExitCode.Done;
    }
}
