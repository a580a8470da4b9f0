using System.CommandLine;
using Attune.Cli.Terminal;
using Attune.Recipes;
using Attune.Training;

namespace Attune.Cli.Verbs;

/// <summary><c>attune train</c>: runs a recipe.</summary>
internal static class TrainVerb
{
    /// <summary><c>--set key=value</c>, as every verb that reads a recipe takes it.</summary>
    public static Option<string[]> SetOption() => new("--set")
    {
        Description = "Change a value of the recipe: train.learning_rate=1e-4; may be given several times.",
        HelpName = "KEY=VALUE",
    };

    public static Command Create(Screen screen)
    {
        var recipe = new Argument<string>("RECIPE") { Description = "A YAML file; `attune init` writes one." };
        var set = SetOption();
        var skipBad = SkipBadOption();
        var json = new Option<bool>("--json") { Description = "Events as one JSON object a line instead of the view." };
        var command = new Verb("train", "Fine-tune a model as a recipe says, and measure it before and after.",
            [
                "attune train recipes/quickstart.yaml",
                "attune train recipes/counsel.yaml --set model.source=SmolLM2-135M-Instruct.Q4_1.gguf --set data.train=20200325_counsel_chat.csv",
            ]) { recipe, set, skipBad, json };
        command.SetAction((parsed, cancel) => RunAsync(screen, Read(parsed, recipe, set, skipBad), parsed.GetValue(json)));
        return command;
    }

    /// <summary>Trains, with the view of the terminal, signals and exit code of every training verb.</summary>
    public static Task<int> RunAsync(Screen screen, Recipe recipe, bool json) =>
        WatchAsync(screen, json, (listener, stop) => Trainer.TrainAsync(recipe, listener, stop));

    /// <summary>Runs a training with its view; a signal saves and leaves, a second one leaves at once.</summary>
    public static async Task<int> WatchAsync(Screen screen, bool json, Func<Action<TrainEvent>, CancellationToken, Task<RunResult>> train)
    {
        using var signals = new StopSignals(screen);
        ITrainView view = json ? new JsonTrainView(screen) : screen.IsInteractive ? new LiveTrainView(screen) : new PlainTrainView(screen);
        RunResult result;
        try
        {
            result = await train(view.Show, signals.Token).ConfigureAwait(false);
        }
        finally
        {
            view.Close();
        }

        if (result.Reason == "signal")
        {
            screen.Error($"stopped and saved; go on with `attune resume {Relative(result.Folder)}`", isHint: true);
            return (int)ExitCode.TryAgain;
        }

        if (!json)
        {
            RunSummary.Show(screen, result);
        }

        return (int)ExitCode.Done;
    }

    /// <summary>A path as a user would type it from here.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Directory.GetCurrentDirectory(), path) is var relative && relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;

    /// <summary>The path of a recipe that is there.</summary>
    public static string Existing(string path) => File.Exists(path) ? path
        : throw new AttuneException(ExitCode.MissingInput, path, Directory.Exists(path) ? "is a folder, not a recipe" : "there is no such recipe", "give a YAML file: `attune init` writes one, recipes/ has examples");

    /// <summary><c>--skip-bad</c>, as every verb that reads a recipe's rows takes it.</summary>
    public static Option<int?> SkipBadOption() => new("--skip-bad")
    {
        Description = "Leave out up to so many bad rows instead of refusing; they are written to rejected.jsonl. The same as --set data.skip_bad=N.",
        HelpName = "N",
    };

    /// <summary>The recipe that a command line names, with its changes.</summary>
    public static Recipe Read(ParseResult parsed, Argument<string> recipe, Option<string[]> set, Option<int?> skipBad)
    {
        string[] edits = [.. parsed.GetValue(set) ?? [], .. parsed.GetValue(skipBad) is int most ? [$"data.skip_bad={most}"] : Array.Empty<string>()];
        return Recipe.Load(Existing(parsed.GetValue(recipe)!), edits, KnownNames.All);
    }
}
