using System.CommandLine;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Formats;
using Attune.Models;
using Attune.Recipes;
using Attune.Training;
using Spectre.Console;

namespace Attune.Cli.Verbs;

/// <summary><c>attune init</c>: looks at the rows and writes a commented recipe to begin with.</summary>
internal static class InitVerb
{
    internal const string DefaultFile = "recipe.yaml";
    private const string HubModel = "HuggingFaceTB/SmolLM2-135M-Instruct";

    public static Command Create(Screen screen)
    {
        var output = new Argument<string?>("OUT") { Description = $"The file to write; default {DefaultFile}; - for the output stream.", Arity = ArgumentArity.ZeroOrOne };
        var model = new Option<string?>("--model") { Description = "The model to start from.", HelpName = "MODEL" };
        var data = new Option<string?>("--data") { Description = "The rows to train on; where they are there, the recipe is written for them.",
            HelpName = "FILE" };
        var task = new Option<string?>("--task")
        {
            Description = "chat, text for plain language modelling, or text-classification; default: what the rows suit.",
            HelpName = "NAME",
        };
        var method = new Option<string?>("--method") { Description = "lora, or full for the whole model; default lora.", HelpName = "NAME" };
        var force = new Option<bool>("--force") { Description = "Write over a file that is there." };
        var schema = new Option<bool>("--schema") { Description = "Print the JSON Schema of recipes, for editors, and write nothing." };
        var command = new Verb("init", "Look at the rows and write a commented recipe for them; on a terminal what is not given is asked for.",
            [
                "attune init",
                "attune init my-recipe.yaml --model builtin:tiny --data data/mine.jsonl",
                "attune init --schema > recipe.schema.json",
            ]) { output, model, data, task, method, force, schema };
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(schema))
            {
                screen.Line(RecipeSchema.Make(KnownNames.All).ToJsonString(new() { WriteIndented = true }));
                return (int)ExitCode.Done;
            }

            bool asks = screen.IsInteractive && !Console.IsInputRedirected;
            string Ask(string? given, string question, string fallback) => given ?? (asks ? screen.Progress.Prompt(new TextPrompt<string>(question).DefaultValue(fallback)) : fallback);
            string Choose(string? given, string question, IEnumerable<string> names, string first) => given
                ?? (asks ? screen.Progress.Prompt(new SelectionPrompt<string>().Title(question).AddChoices(names.OrderBy(name => name != first))) : first);

            string path = parsed.GetValue(output) ?? DefaultFile;
            if (path != "-" && File.Exists(path) && !parsed.GetValue(force))
            {
                throw new AttuneException(ExitCode.Usage, path, "is there already", "name another file, or add --force");
            }

            var names = KnownNames.All;
            string builtin = BuiltinModels.Names.Contains("tiny") ? "builtin:tiny" : HubModel;
            string from = Ask(parsed.GetValue(model), "The model to start from (hub id, folder, .gguf file, builtin:tiny)?", builtin);
            string rows = Ask(parsed.GetValue(data), "The rows to train on (a file, a pattern or a folder)?", "data/train.jsonl");

            // A task of a program's own reads rows in ways that nobody here knows.
            string? wanted = parsed.GetValue(task);
            var survey = InitLook.Knows(wanted) ? InitLook.Survey(rows, wanted) : null;
            string chosen = Choose(wanted, "What is the model to learn?", names.Tasks!, survey?.Guess.Task ?? "chat");
            if (survey is not null && chosen != survey.Guess.Task)
            {
                survey = InitLook.Knows(chosen) ? InitLook.Survey(rows, chosen) : null;
            }

            string? tuning = parsed.GetValue(method) ?? (asks ? Choose(null, "How is it to be tuned?", names.Methods!.Keys, "lora") : null);
            var recipe = new InitRecipe { Path = path, Model = from, Data = rows, Task = chosen, Method = tuning };
            recipe = survey is null ? recipe : await InitLook.FillAsync(recipe, survey, mayChoose: wanted is null && !asks,
                cancel).ConfigureAwait(false);
            string yaml = recipe.ToString();
            _ = Recipe.Parse(yaml, path == "-" ? DefaultFile : path, names: names); // Nothing is written that would not be read.
            if (path == "-")
            {
                screen.Write(yaml);
                return (int)ExitCode.Done;
            }

            AtomicFile.WriteAllText(path, yaml);
            foreach (string reason in recipe.Reasons)
            {
                screen.Line(reason);
            }

            screen.Line($"Wrote {path}. Next:");
            screen.Line($"  attune plan {path}");
            screen.Line($"  attune train {path}");
            return (int)ExitCode.Done;
        });
        return command;
    }
}
