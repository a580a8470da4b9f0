using System.CommandLine;
using System.Globalization;
using Attune.Cli.Terminal;
using Attune.Formats;
using Attune.Models;
using Attune.Recipes;
using Attune.Tasks;
using Attune.Training;
using Spectre.Console;

namespace Attune.Cli.Verbs;

/// <summary><c>attune init</c>: writes a commented recipe to begin with.</summary>
internal static class InitVerb
{
    private const string DefaultFile = "recipe.yaml";
    private const string HubModel = "HuggingFaceTB/SmolLM2-135M-Instruct";

    public static Command Create(Screen screen)
    {
        var output = new Argument<string?>("OUT") { Description = $"The file to write; default {DefaultFile}; - for the output stream.", Arity = ArgumentArity.ZeroOrOne };
        var model = new Option<string?>("--model") { Description = "The model to start from.", HelpName = "MODEL" };
        var data = new Option<string?>("--data") { Description = "The rows to train on.", HelpName = "FILE" };
        var task = new Option<string?>("--task") { Description = "chat, text for plain language modelling, or text-classification.", HelpName = "NAME" };
        var method = new Option<string?>("--method") { Description = "lora, or full for the whole model.", HelpName = "NAME" };
        var force = new Option<bool>("--force") { Description = "Write over a file that is there." };
        var schema = new Option<bool>("--schema") { Description = "Print the JSON Schema of recipes, for editors, and write nothing." };
        var command = new Verb("init", "Write a commented recipe; on a terminal what is not given is asked for.",
            [
                "attune init",
                "attune init my-recipe.yaml --model builtin:tiny --data data/mine.jsonl",
                "attune init --schema > recipe.schema.json",
            ]) { output, model, data, task, method, force, schema };
        command.SetAction(parsed =>
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
            string yaml = Write(path,
                Ask(parsed.GetValue(model), "The model to start from (hub id, folder, .gguf file, builtin:tiny)?", builtin),
                Ask(parsed.GetValue(data), "The rows to train on (a file, a pattern or a folder)?", "data/train.jsonl"),
                Choose(parsed.GetValue(task), "What is the model to learn?", names.Tasks!, "chat"),
                Choose(parsed.GetValue(method), "How is it to be tuned?", names.Methods!.Keys, "lora"));
            _ = Recipe.Parse(yaml, path == "-" ? DefaultFile : path, names: names); // Nothing is written that would not be read.
            if (path == "-")
            {
                screen.Write(yaml);
                return (int)ExitCode.Done;
            }

            AtomicFile.WriteAllText(path, yaml);
            screen.Line($"Wrote {path}. Next:");
            screen.Line($"  attune plan {path}");
            screen.Line($"  attune train {path}");
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static string Write(string path, string model, string data, string task, string method)
    {
        string name = path == "-" ? "my-run" : Path.GetFileNameWithoutExtension(path);
        string options = method switch
        {
            "lora" => """
                  lora:
                    rank: 16                       # more: more room to learn, more memory
                    alpha: 32                      # how strongly what is learned acts: alpha / rank
                    dropout: 0.05
                    targets: all-linear            # or names of layers: [q_proj, v_proj]
                """,
            _ => $"  {Text(method)}: {{}}",
        };
        bool isLabelled = task == TextClassification.Name;
        string map = isLabelled ? "{ text: \"{review}\", label: \"{stars}\" }" : "{ user: \"{question}\", assistant: \"{answer}\" }";
        string forgetting = isLabelled ? "" : "\n  forgetting: builtin:general          # what the model unlearns of general English";
        string rate = method == "full" ? "2e-5" : "2e-4";
        return string.Create(CultureInfo.InvariantCulture, $$"""
            # attune train {{(path == "-" ? DefaultFile : path)}}
            #
            # `attune plan` shows what this comes to, `attune data view` how the model sees a row; `attune init --schema` lists every key.

            model:
              source: {{Text(model)}}    # a hub id, a folder, a .gguf file, or builtin:tiny
              precision: auto                      # bf16 where the processor has it, else float32

            task: {{Text(task)}}    # chat: replies in conversations; text: plain language modelling; text-classification: a label for each text

            data:
              train: {{Text(data)}}    # JSONL, CSV, TSV, Parquet or text; messages, ShareGPT, Alpaca, prompt/completion are told apart; to classify: text and label
              # map: {{map}}    # for columns of other names
              split: { validation: 0.1, test: 0.1 }                   # the same rows each time, also when rows are added

            method:
            {{options}}

            train:
              epochs: 3
              batch_size: 8
              max_tokens: 512                      # longer rows are cut
              learning_rate: {{rate}}
              scheduler: cosine
              warmup_ratio: 0.03
              seed: 0

            stop:
              patience: 3                          # measurements without a better one before training stops early

            evaluate:{{forgetting}}
              samples: 5

            output: {{Text("runs/" + name)}}

            """);
    }

    /// <summary>A text as YAML takes it for nothing else.</summary>
    private static string Text(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or ':') && (char.IsAsciiLetter(text[0]) || text[0] is '/') && text[^1] != ':'
        ? text : System.Text.Json.JsonSerializer.Serialize(text);
}
