using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Attune.Cli.Terminal;
using Attune.Formats;
using Attune.Verification;
using Spectre.Console;

namespace Attune.Cli.Verbs;

/// <summary><c>attune torture</c>: the reliability that is promised, put to the proof on this machine.</summary>
internal static class TortureVerb
{
    private const int Portion = 500;

    public static Command Create(Screen screen) => new Verb("torture", "Prove what is promised: readers that no file breaks, runs that no crash harms.",
        [
            "attune torture formats --count 2000",
            "attune torture crash --count 20",
        ]) { Formats(screen), Crash(screen) };

    private static Verb Formats(Screen screen)
    {
        var count = new Option<int>("--count") { Description = "Damaged inputs for each format.", HelpName = "N", DefaultValueFactory = _ => 10_000 };
        var first = new Option<int>("--first") { Description = "The first input's number: it alone decides the input.", HelpName = "N" };
        var only = new Option<string[]>("--only") { Description = "Only this format (safetensors, gguf, tokenizer, template, recipe, …); may be given several times.", HelpName = "FORMAT" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var command = new Verb("formats", "Feed damaged files to every reader: each is read rightly or refused with its place, in at most 100 milliseconds (a chat template: 50).",
            [
                "attune torture formats",
                "attune torture formats --only gguf --only safetensors --count 100000",
            ]) { count, first, only, json };
        command.SetAction((parsed, cancel) => Task.FromResult((int)RunFormats(screen, Positive(parsed, count), parsed.GetValue(first), parsed.GetValue(only) ?? [], parsed.GetValue(json), cancel)));
        return command;
    }

    private static Verb Crash(Screen screen)
    {
        var count = new Option<int>("--count") { Description = "Kills.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var seed = new Option<int>("--seed") { Description = "What the moments are drawn from.", HelpName = "N" };
        var command = new Verb("crash", "Kill a small training at random moments (kill -9), resume it, and compare the result with an undisturbed run's, bit by bit.",
            [
                "attune torture crash",
                "attune torture crash --count 100 --seed 7",
            ]) { count, seed };
        command.SetAction((parsed, cancel) => Task.FromResult((int)RunCrash(screen, Positive(parsed, count), parsed.GetValue(seed), cancel)));
        return command;
    }

    private static int Positive(ParseResult parsed, Option<int> option) => parsed.GetValue(option) is > 0 and var value ? value
        : throw new AttuneException(ExitCode.Usage, null, $"{option.Name} must be at least 1 (got {parsed.GetValue(option)})");

    private static ExitCode RunFormats(Screen screen, int count, int first, string[] only, bool json, CancellationToken cancel)
    {
        int faults = 0;
        var targets = TortureTargets.All();
        if (only.FirstOrDefault(name => targets.All(target => target.Name != name)) is { } unknown)
        {
            throw new AttuneException(ExitCode.Usage, null, $"--only {unknown} is no format", NearestName.Hint(unknown, [.. targets.Select(target => target.Name)]));
        }

        foreach (var target in targets)
        {
            using var files = target as IDisposable;
            if (only.Length > 0 && !only.Contains(target.Name))
            {
                continue;
            }

            var report = Torture(screen, target, count, first, cancel);
            faults += report.Faults.Count;
            string[] reproducing = [.. report.Faults.Select(Keep)];
            double slowest = Math.Round(report.Slowest.TotalMilliseconds, 1);
            if (json)
            {
                screen.Line(JsonSerializer.Serialize(new
                {
                    format = target.Name,
                    inputs = report.Read + report.Refused,
                    read = report.Read,
                    refused = report.Refused,
                    slowest_ms = slowest,
                    limit_ms = TortureTargets.Limit(target).TotalMilliseconds,
                    faults = report.Faults.Zip(reproducing, (fault, file) => new { number = fault.Number, what = fault.What, file }),
                }));
                continue;
            }

            screen.Line(string.Create(CultureInfo.InvariantCulture, $"{target.Name,-14} {report.Read + report.Refused} inputs: {report.Refused} refused, {report.Read} read, slowest {slowest:F1} ms, {report.Faults.Count} faults"));
            foreach (var (fault, file) in report.Faults.Zip(reproducing))
            {
                screen.Line($"  input {fault.Number}, kept as {file}: {fault.What}");
            }
        }

        return faults == 0 ? ExitCode.Done : ExitCode.ChecksFailed;
    }

    /// <summary>All inputs of a target, in portions, so that how far it is can be seen.</summary>
    private static TortureReport Torture(Screen screen, ITortureTarget target, int count, int first, CancellationToken cancel)
    {
        var whole = new TortureReport(0, 0, [], TimeSpan.Zero);

        // What is measured is the reader, not the runtime's compiler.
        Torturer.Run(target, Portion, first);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        TimeSpan told = default;
        for (int done = 0; done < count && whole.Faults.Count == 0; done += Portion)
        {
            cancel.ThrowIfCancellationRequested();
            var part = Torturer.Run(target, Math.Min(Portion, count - done), first + done, TortureTargets.Limit(target));
            whole = new TortureReport(whole.Read + part.Read, whole.Refused + part.Refused, part.Faults, part.Slowest > whole.Slowest ? part.Slowest : whole.Slowest);
            if (watch.Elapsed - told > TimeSpan.FromSeconds(5))
            {
                told = watch.Elapsed;
                int all = whole.Read + whole.Refused;
                screen.Progress.MarkupLineInterpolated($"[grey]{target.Name}: {all} of {count}, {TrainProgress.Time(watch.Elapsed / all * (count - all))} left[/]");
            }
        }

        return whole;
    }

    /// <summary>Keeps an input that reproduces a fault.</summary>
    private static string Keep(TortureFault fault)
    {
        string path = Path.Combine(Path.GetTempPath(), $"attune-torture-{fault.Target}-{fault.Number}");
        AtomicFile.WriteAllBytes(path, fault.Input);
        return path;
    }

    private static ExitCode RunCrash(Screen screen, int count, int seed, CancellationToken cancel)
    {
        string folder = Directory.CreateTempSubdirectory("attune-crash-").FullName;
        var watch = new System.Diagnostics.Stopwatch();
        int done = 0;
        var torture = new CrashTorture(Program(), folder)
        {
            Killed = kill => screen.Line(string.Create(CultureInfo.InvariantCulture,
                $"kill {kill.Number} of {count}: {kill.Verb} after {kill.After.TotalSeconds:F2} s, at step {kill.Step} of {CrashTorture.Steps}, newest checkpoint {(kill.Checkpoint == 0 ? "none" : kill.Checkpoint)}")),
            Ended = verdict =>
            {
                done += verdict.Kills;
                string left = done == 0 || done == count ? "" : $"; {TrainProgress.Time(watch.Elapsed / done * (count - done))} left";
                screen.Line($"  {(verdict.Fault is null ? "resumed to the end: equal" : "DIFFERENT: " + verdict.Fault)}{left}");
            },
        };
        var (figures, took) = torture.TrainWhole();
        screen.Line(string.Create(CultureInfo.InvariantCulture, $"undisturbed: {CrashTorture.Steps} steps in {took.TotalSeconds:F1} s, {figures.Count} files and figures to compare"));
        watch.Start();
        var (equal, different) = torture.Run(figures, took, count, seed, cancel);
        if (different == 0)
        {
            Directory.Delete(folder, recursive: true);
        }
        else
        {
            screen.Error($"the runs at fault lie in {folder}", isHint: true);
        }

        screen.Line($"{equal + different} kills, {equal} equal, {different} different");
        return different == 0 ? ExitCode.Done : ExitCode.ChecksFailed;
    }

    /// <summary>This program, as it was started.</summary>
    private static string[] Program()
    {
        string path = Environment.ProcessPath ?? throw new AttuneException(ExitCode.Internal, null, "the system does not say which program this is");
        return Path.GetFileNameWithoutExtension(path) == "dotnet" ? [path, Environment.GetCommandLineArgs()[0]] : [path];
    }
}
