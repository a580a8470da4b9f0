using System.CommandLine;
using System.IO.Enumeration;
using System.Text.Json;
using Attune.Cli.Terminal;
using Attune.Native;
using Attune.Verification;
using Spectre.Console;

namespace Attune.Cli.Verbs;

/// <summary><c>attune verify</c>: runs parity fixtures on this machine.</summary>
internal static class VerifyVerb
{
    public static Command Create(Screen screen)
    {
        var folders = new Argument<string[]>("FOLDER") { Description = "Folders of fixtures.", Arity = ArgumentArity.OneOrMore };
        var filters = new Option<string[]>("--filter") { Description = "Only fixtures whose kind/name matches, with * and ?; may be given several times.", HelpName = "GLOB" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var command = new Verb("verify", "Reproduce the reference results of the Python ecosystem on this machine.",
            [
                "attune verify tests/fixtures",
                "attune verify ../shared/parity --filter 'forward/llama-*' --filter 'tokenizer/*'",
            ]) { folders, filters, json };
        command.SetAction((parsed, cancel) => Task.FromResult((int)Run(screen, parsed.GetValue(folders)!, parsed.GetValue(filters) ?? [], parsed.GetValue(json), cancel)));
        return command;
    }

    private static ExitCode Run(Screen screen, string[] folders, string[] filters, bool json, CancellationToken cancel)
    {
        foreach (string folder in folders.Where(folder => !Directory.Exists(folder)))
        {
            throw new AttuneException(ExitCode.MissingInput, folder, "there is no such folder of fixtures", "tests/fixtures of Attune's repository is one");
        }

        var fixtures = folders.SelectMany(Fixture.Find)
            .Where(fixture => filters.Length == 0 || filters.Any(filter => FileSystemName.MatchesSimpleExpression(filter, fixture.Name))).ToList();
        if (fixtures.Count == 0)
        {
            screen.Error($"{string.Join(", ", folders)}: there is no fixture{(filters.Length == 0 ? "" : " of such a name")}; a fixture is a folder kind/name with a fixture.json in it, --filter is matched against kind/name");
        }

        Libtorch.Load();
        int passed = 0, failed = 0, skipped = 0;
        foreach (var fixture in fixtures)
        {
            cancel.ThrowIfCancellationRequested();
            var result = Verifier.Check(fixture);
            string word = result.Outcome switch { FixtureOutcome.Ok => "ok", FixtureOutcome.Failed => "FAIL", _ => "skip" };
            passed += result.Outcome == FixtureOutcome.Ok ? 1 : 0;
            failed += result.Outcome == FixtureOutcome.Failed ? 1 : 0;
            skipped += result.Outcome == FixtureOutcome.Skipped ? 1 : 0;
            if (json)
            {
                screen.Line(JsonSerializer.Serialize(new { fixture = fixture.Name, result = word, reason = result.Message }));
            }
            else
            {
                string color = result.Outcome switch { FixtureOutcome.Ok => "green", FixtureOutcome.Failed => "red", _ => "grey" };
                screen.Out.MarkupLineInterpolated($"[{color}]{word,-4}[/] {fixture.Name}{(result.Message.Length == 0 ? "" : "  " + result.Message)}");
            }
        }

        screen.Line(json ? JsonSerializer.Serialize(new { passed, failed, skipped }) : $"{passed} passed, {failed} failed, {skipped} skipped");
        return passed > 0 && failed == 0 ? ExitCode.Done : ExitCode.ChecksFailed;
    }
}
