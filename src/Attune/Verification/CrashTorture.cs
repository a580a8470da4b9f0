using System.Diagnostics;
using Attune.Formats;
using Attune.Training;

namespace Attune.Verification;

/// <summary>A process that was killed.</summary>
/// <param name="Number">Which kill, from 1.</param>
/// <param name="Verb">What it did: <c>train</c> or <c>resume</c>.</param>
/// <param name="After">How long it had run.</param>
/// <param name="Step">The last step that its log tells of; 0: none.</param>
/// <param name="Checkpoint">The step of the newest whole checkpoint; 0: none.</param>
internal sealed record CrashKill(int Number, string Verb, TimeSpan After, long Step, long Checkpoint);

/// <summary>What became of a run that was killed.</summary>
/// <param name="Kills">How often it was.</param>
/// <param name="Fault">How it differs from the undisturbed one; null: not at all.</param>
internal sealed record CrashVerdict(int Kills, string? Fault);

/// <summary>
/// Kills (SIGKILL) a small training at random moments, from its first instant to its last, takes it up again, kills that too, and compares
/// what it leaves in the end with an undisturbed run's: the same bits, or it is a fault.
/// </summary>
/// <param name="program">Attune's executable with what stands before the verb.</param>
/// <param name="folder">Where the runs lie; a run at fault stays there.</param>
internal sealed class CrashTorture(IReadOnlyList<string> program, string folder)
{
    /// <summary>The steps of the run.</summary>
    public const int Steps = 24;

    private const string Recipe = """
        model: { source: "builtin:tiny", precision: float32 }
        data: { train: rows.jsonl, split: { validation: 0.2 } }
        method: { lora: { rank: 4, alpha: 8, dropout: 0.1, targets: all-linear } }
        train: { max_steps: 24, batch_size: 2, gradient_accumulation_steps: 2, max_tokens: 64, learning_rate: 1e-3, scheduler: cosine, warmup_ratio: 0.1, save_every: 2, save_minutes: 0, evaluate_every: 5 }
        stop: { patience: 100 }
        evaluate: { samples: 1, bootstrap: 200 }

        """;

    /// <summary>Told of every kill.</summary>
    public Action<CrashKill> Killed { get; init; } = _ => { };

    /// <summary>Told of every run that was killed and came to its end.</summary>
    public Action<CrashVerdict> Ended { get; init; } = _ => { };

    /// <summary>Trains undisturbed; the figures that all others must have, and the time that it took.</summary>
    /// <exception cref="AttuneException">The run failed.</exception>
    public (SortedDictionary<string, string> Figures, TimeSpan Took) TrainWhole()
    {
        Directory.CreateDirectory(folder);
        AtomicFile.WriteAllText(Path.Combine(folder, "crash.yaml"), Recipe);
        AtomicFile.WriteAllText(Path.Combine(folder, "rows.jsonl"), string.Concat(Rows()));
        var watch = Stopwatch.StartNew();
        using var process = Start("train", "whole");
        return process.End() is { } fault ? throw new AttuneException(ExitCode.Internal, Path.Combine(folder, "whole"), "the undisturbed run failed: " + fault)
            : (RunFigures.Of(Path.Combine(folder, "whole")), watch.Elapsed);
    }

    /// <summary>Kills so many times.</summary>
    /// <param name="whole">The undisturbed run's figures.</param>
    /// <param name="length">How long it took.</param>
    /// <param name="count">How many kills.</param>
    /// <param name="seed">What chance begins with.</param>
    /// <param name="stop">Stops between kills.</param>
    /// <returns>How many kills were followed by a run that is equal in the end, and how many were not.</returns>
    public (int Equal, int Different) Run(IReadOnlyDictionary<string, string> whole, TimeSpan length, int count, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        int killed = 0, equal = 0, different = 0;
        var lengths = new Dictionary<string, TimeSpan> { ["train"] = length, ["resume"] = length };
        for (int run = 1; killed < count; run++)
        {
            int before = killed;
            string name = $"run-{run}";
            string? fault = RunToEnd(name, lengths, random, count, ref killed, stop);
            if (fault is null && RunFigures.Differences(whole, RunFigures.Of(Path.Combine(folder, name))) is { Count: > 0 } differences)
            {
                fault = "differs in " + string.Join(", ", differences);
            }

            (equal, different) = fault is null ? (equal + killed - before, different) : (equal, different + Math.Max(1, killed - before));
            if (killed > before || fault is not null)
            {
                Ended(new CrashVerdict(killed - before, fault));
            }

            if (fault is null)
            {
                Directory.Delete(Path.Combine(folder, name), recursive: true);
            }
        }

        return (equal, different);
    }

    /// <summary>Begins a run and takes it up again until it is through, killing on the way; why it is not, or null.</summary>
    private string? RunToEnd(string name, Dictionary<string, TimeSpan> lengths, Random random, int count, ref int killed, CancellationToken stop)
    {
        string path = Path.Combine(folder, name);
        for (bool first = true; ; first = false)
        {
            stop.ThrowIfCancellationRequested();

            // Before there is a run to take up, what resume says to do is done.
            string verb = File.Exists(Path.Combine(path, "recipe.yaml")) ? "resume" : "train";
            using var process = Start(verb, name);
            if (killed == count || !(first || random.Next(2) == 0))
            {
                return Last(process, verb, lengths);
            }

            bool inCheckpoint = random.Next(4) == 0;
            var moment = lengths[verb] * random.NextDouble();
            if (process.HasEndedBy(inCheckpoint ? lengths[verb] : moment, () => inCheckpoint && process.Ran >= moment && IsSaving(path)))
            {
                return Last(process, verb, lengths);
            }

            process.Kill();
            killed++;
            Killed(new CrashKill(killed, verb, process.Ran, LastStep(path), Committed(path).DefaultIfEmpty().Max()));
        }
    }

    // How long such a process takes is learned again: the machine may have other work by now.
    private static string? Last(RunningAttune process, string verb, Dictionary<string, TimeSpan> lengths)
    {
        string? fault = process.End();
        lengths[verb] = process.Ran;
        return fault;
    }

    private RunningAttune Start(string verb, string run)
    {
        var start = new ProcessStartInfo(program[0], program.Skip(1)) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        string[] arguments = verb == "train" ? ["train", "crash.yaml", "--set", "output=" + run] : ["resume", run];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new RunningAttune(start);
    }

    /// <summary>Whether a checkpoint is being written: its folder is there, its mark is not.</summary>
    private static bool IsSaving(string run) => Checkpoints(run).Any(path => !File.Exists(Path.Combine(path, CheckpointState.FileName)));

    private static IEnumerable<long> Committed(string run) => Checkpoints(run).Where(path => File.Exists(Path.Combine(path, CheckpointState.FileName)))
        .Select(path => long.Parse(Path.GetFileName(path).AsSpan("step-".Length)));

    private static string[] Checkpoints(string run) => Directory.Exists(Path.Combine(run, "checkpoints")) ? Directory.GetDirectories(Path.Combine(run, "checkpoints"), "step-*") : [];

    private static long LastStep(string run)
    {
        string events = Path.Combine(run, "events.jsonl");
        return File.Exists(events) ? RunEvents.Read(events).Steps.Select(step => step.Step).DefaultIfEmpty().Max() : 0;
    }

    // Short conversations, all different.
    private static IEnumerable<string> Rows()
    {
        string[] feelings = ["tired", "calm", "restless", "lonely", "hopeful", "tense", "proud", "lost"], steps = ["walk to the corner", "write one line", "call a friend", "drink some water", "sit by the window", "go to bed early"];
        return from feeling in feelings
               from step in steps
               select $$"""{"messages":[{"role":"user","content":"Today I feel {{feeling}}."},{"role":"assistant","content":"When you are {{feeling}}, {{step}}."}]}""" + "\n";
    }
}
