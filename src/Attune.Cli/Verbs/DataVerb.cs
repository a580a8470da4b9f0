using System.CommandLine;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Models;
using Attune.Recipes;
using Attune.Tasks;
using Attune.Training;

namespace Attune.Cli.Verbs;

/// <summary><c>attune data</c>: looks at rows as the model will see them; <c>attune data template</c> is <see cref="DataTemplateVerb"/>.</summary>
internal static class DataVerb
{
    public static Command Create(Screen screen) => new Verb("data", "Look at rows as a model will see them, and at its chat template.",
        [
            "attune data view recipes/quickstart.yaml --row 3",
            "attune data template builtin:tiny",
        ]) { View(screen), DataTemplateVerb.Create(screen) };

    private static Verb View(Screen screen)
    {
        var source = new Argument<string>("RECIPE|FILE") { Description = "A recipe, or a file of rows (then with --model)." };
        var model = new Option<string?>("--model") { Description = "The model whose tokenizer and template are used; default: the recipe's.", HelpName = "MODEL" };
        var row = new Option<long>("--row")
        {
            Description = "Which row of the files, from 1: bad and empty rows count as well, a header and blank lines do not.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        var most = new Option<int?>("--max-tokens") { Description = "Show what is beyond so many tokens as cut off; default: the recipe's.", HelpName = "N" };
        var set = TrainVerb.SetOption();
        var command = new Verb("view", "Show an example as the model will see it: template, tokens, and which of them are trained.",
            [
                "attune data view recipes/quickstart.yaml --row 3",
                "attune data view data/coach.jsonl --model HuggingFaceTB/SmolLM2-135M-Instruct",
            ]) { source, model, row, most, set };
        command.SetAction(async (parsed, cancel) =>
        {
            EvaluateVerb.AtLeast(parsed, most, 2);
            string path = parsed.GetValue(source)!;
            string? named = parsed.GetValue(model);
            var recipe = IsRecipe(path) ? Recipe.Load(TrainVerb.Existing(path), parsed.GetValue(set) ?? [], KnownNames.All) : null;
            if (recipe is null && named is null)
            {
                throw new AttuneException(ExitCode.Usage, path, "a file of rows needs a model to be seen with", "add --model MODEL, or give a recipe (.yaml)");
            }

            var text = named is null ? await ModelSources.OpenTextAsync(recipe!.Model, new Downloads(screen), cancel).ConfigureAwait(false)
                : ModelText.Open(await ModelSources.FindAsync(named, null, new Downloads(screen), cancel).ConfigureAwait(false));
            text.Clock = recipe?.Data.Clock;
            text.ParsesSpecialTokens = recipe?.Data.ParsesSpecialTokens ?? false;
            var task = EvaluateVerb.Task(recipe, text);
            var rows = (recipe?.Data.ToSource() ?? new ExampleSource { Train = [path] }).For(task);
            var encoder = task.Encoder(text, parsed.GetValue(most) ?? recipe?.Train.MaxTokens ?? int.MaxValue);
            long number = parsed.GetValue(row);
            var found = number >= 1 ? RowFinder.Find(rows, number, text.Notices)
                : throw new AttuneException(ExitCode.Usage, null, $"--row must be at least 1 (got {number})");
            if (found is not { Example: { } example, Split: { } split })
            {
                NoticeLines.Write(screen, text.Notices.All);
                throw found.Refusal(number);
            }

            foreach (var view in Views(example, encoder, text))
            {
                RowText.Write(screen, view);
                screen.Line();
                screen.Line($"{view.Place} ({split.ToString().ToLowerInvariant()}): {Words.Count(view.Tokens.Count, "token")}, {(view.Label is { } label ? $"label {label}" : $"{view.Kept} kept, {view.Trained} trained{RowText.Mark(screen)}")}");
            }

            var spellings = new SpecialTokenSpellings(text.Tokenizer, text.ParsesSpecialTokens);
            spellings.Count(example);
            spellings.Tell(text.Notices);
            NoticeLines.Write(screen, text.Notices.All);
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static bool IsRecipe(string path) => Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";

    private static IReadOnlyList<RowView> Views(Example example, RowEncoder encoder, ModelText text)
    {
        try
        {
            return RowView.Of(example, encoder, text.Tokenizer, text.Notices);
        }
        catch (AttuneException error) when (error.ExitCode == ExitCode.BadData)
        {
            throw new AttuneException(ExitCode.BadData, example.Place.ToString(), error.Problem, error.Cure, error);
        }
    }
}
