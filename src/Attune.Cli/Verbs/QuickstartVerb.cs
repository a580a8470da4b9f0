using System.CommandLine;
using System.Reflection;
using Attune.Cli.Terminal;
using Attune.Formats;
using Attune.Recipes;
using Attune.Training;

namespace Attune.Cli.Verbs;

/// <summary><c>attune quickstart</c>: the main job on what comes with Attune. The same as <c>attune train recipes/quickstart.yaml</c>.</summary>
internal static class QuickstartVerb
{
    private const string RecipePath = "recipes/quickstart.yaml";
    private const string Prefix = "Attune.Quickstart/";

    public static Command Create(Screen screen)
    {
        var set = TrainVerb.SetOption();
        var json = new Option<bool>("--json") { Description = "Events as one JSON object a line instead of the view." };
        var command = new Verb("quickstart", "Fine-tune the built-in model on the coaching conversations that come with Attune: a few minutes, nothing to fetch.",
            [
                "attune quickstart",
                "attune quickstart --set train.epochs=1",
            ]) { set, json };
        command.SetAction((parsed, cancel) =>
        {
            string path = FindRecipe(screen);
            var recipe = Recipe.Load(path, parsed.GetValue(set) ?? [], KnownNames.All);
            return TrainVerb.RunAsync(screen, recipe with { Output = Unused(recipe.Output) }, parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>The recipe of the folder we are in (a clone of the repository), else the one inside this program, unpacked here with its data.</summary>
    private static string FindRecipe(Screen screen)
    {
        if (File.Exists(RecipePath))
        {
            return RecipePath;
        }

        var home = typeof(QuickstartVerb).Assembly;
        string[] resources = [.. home.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))];
        foreach (string resource in resources)
        {
            string target = resource[Prefix.Length..].Replace('/', Path.DirectorySeparatorChar);
            if (!File.Exists(target))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
                using var stream = home.GetManifestResourceStream(resource)!;
                AtomicFile.Write(target, stream.CopyTo, stream.Length);
            }
        }

        screen.Error($"unpacked {RecipePath} and samples/coach: look at them, change them, run them again", isHint: true);
        return RecipePath;
    }

    /// <summary>A second quick start does not stumble over the first: runs/quickstart-2 follows runs/quickstart.</summary>
    private static string Unused(string output)
    {
        string path = output;
        for (int number = 2; File.Exists(Path.Combine(path, "plan.json")); number++)
        {
            path = $"{output}-{number}";
        }

        return path;
    }
}
