using System.CommandLine;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Formats;
using Attune.Generation;
using Attune.Native;
using Spectre.Console;

namespace Attune.Cli.Verbs;

/// <summary><c>attune predict</c>: the labels of a file's texts.</summary>
internal static class PredictVerb
{
    private static readonly System.Text.Json.JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Screen screen)
    {
        var model = RunOrModel.Argument();
        var texts = TextRows.Argument();
        var column = TextRows.ColumnOption();
        var output = new Option<string?>("--output") { Description = "The JSONL file to write; default: the output stream.", HelpName = "FILE" };
        var adapter = RunOrModel.AdapterOption();
        var precision = RunOrModel.PrecisionOption();
        var most = new Option<int?>("--max-tokens") { Description = "The most tokens of a text; longer ones are cut; default: the recipe's, else what the model has places for.", HelpName = "N" };
        var command = new Verb("predict", "The label of every text of a file, with its probability, as one JSON object a line.",
            [
                "attune predict runs/sentiment reviews.txt",
                "attune predict runs/sentiment reviews.csv --text \"{title} {body}\" --output labels.jsonl",
            ]) { model, texts, column, output, adapter, precision, most };
        command.SetAction(async (parsed, cancel) =>
        {
            EvaluateVerb.AtLeast(parsed, most, 2);
            Libtorch.Load();
            var found = await RunOrModel.FindAsync(screen, parsed.GetValue(model)!, parsed.GetValue(adapter), cancel: cancel).ConfigureAwait(false) with { Wanted = RunOrModel.PrecisionOf(parsed, precision) };
            ModelUses.Require(ModelUse.Label, found.Name, found.Text);
            var rows = TextRows.Read(parsed.GetValue(texts)!, parsed.GetValue(column), found.Recipe);
            using var open = found.OpenTuned(out var method);
            using var attached = method;
            using var classifier = new TextClassifier(open, parsed.GetValue(most) ?? found.Recipe?.Train.MaxTokens);
            TextRows[] said = [.. rows.Where(row => !row.IsBlank)];
            var watch = Stopwatch.StartNew();
            var labels = classifier.Classify([.. said.Select(row => (row.Text, row.Pair))], new EvaluateVerb.Counted(screen, "texts", said.Length), cancel);
            var lines = rows.Zip(TextRows.Spread(rows, labels), (row, label) => Line(row, label, classifier.Labels));
            TextRows.TellBlank(rows, open.Text.Notices, "the label is null");
            if (parsed.GetValue(output) is { } path)
            {
                AtomicFile.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
                screen.Line($"{Words.Count(said.Length, "text")} labelled in {path}");
            }
            else
            {
                foreach (string line in lines)
                {
                    screen.Line(line);
                }
            }

            NoticeLines.Write(screen, open.Text.Notices.All);
            screen.Progress.MarkupLineInterpolated($"[grey]{Words.Count(said.Length, "text")} in {watch.Elapsed.TotalSeconds:F1} s[/]");
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static string Line(TextRows row, LabelScores? said, IReadOnlyList<string> labels)
    {
        JsonObject json = row.Answer();
        if (row.Pair is not null)
        {
            json["text_pair"] = row.Pair;
        }

        json["label"] = said?.Label;
        json["score"] = said is null ? null : Math.Round(said.Score, 6);
        json["scores"] = said is null ? null : new JsonObject(labels.Zip(said.Scores, (label, score) => KeyValuePair.Create(label, (JsonNode?)Math.Round(score, 6))));
        return json.ToJsonString(Readable);
    }
}
