using System.CommandLine;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Formats;
using Attune.Generation;
using Attune.Native;
using Spectre.Console;
using TorchSharp;

namespace Attune.Cli.Verbs;

/// <summary><c>attune embed</c>: sentence embeddings of a file's texts.</summary>
internal static class EmbedVerb
{
    private const string TensorName = "embeddings";
    private static readonly System.Text.Json.JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Screen screen)
    {
        var model = RunOrModel.Argument();
        var texts = TextRows.Argument();
        var column = TextRows.ColumnOption();
        var output = new Option<string>("--output") { Description = "The file to write: .jsonl (a text and its embedding a line; null for a blank text) or .safetensors (one tensor, embeddings, [texts, width]; zeros for a blank text).", HelpName = "FILE", Required = true };
        var raw = new Option<bool>("--no-normalize") { Description = "The mean of the states as it is; otherwise every embedding has length 1." };
        var adapter = RunOrModel.AdapterOption();
        var precision = RunOrModel.PrecisionOption();
        var most = new Option<int?>("--max-tokens") { Description = "The most tokens of a text; longer ones are cut; default: what the model has places for.", HelpName = "N" };
        var command = new Verb("embed", "A sentence embedding of every text of a file: the mean of an encoder's last states.",
            [
                "attune embed sentence-transformers/all-MiniLM-L6-v2 texts.txt --output embeddings.safetensors",
                "attune embed runs/sentiment reviews.csv --text \"{body}\" --output embeddings.jsonl",
            ]) { model, texts, column, output, raw, adapter, precision, most };
        command.SetAction(async (parsed, cancel) =>
        {
            EvaluateVerb.AtLeast(parsed, most, 2);
            string path = parsed.GetValue(output)!;
            bool isTensor = path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase);
            if (!isTensor && !path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
            {
                throw new AttuneException(ExitCode.Usage, path, "is neither .jsonl nor .safetensors", "end its name in one of them");
            }

            Libtorch.Load();
            var found = await RunOrModel.FindAsync(screen, parsed.GetValue(model)!, parsed.GetValue(adapter), cancel: cancel).ConfigureAwait(false) with { Wanted = RunOrModel.PrecisionOf(parsed, precision) };
            ModelUses.Require(ModelUse.Embed, found.Name, found.Text);
            var rows = TextRows.Read(parsed.GetValue(texts)!, parsed.GetValue(column), found.Recipe);
            using var open = found.OpenTuned(out var method);
            using var attached = method;
            using var generator = new AttuneEmbeddingGenerator(open, !parsed.GetValue(raw), parsed.GetValue(most));
            TextRows[] said = [.. rows.Where(row => !row.IsBlank)];
            var watch = Stopwatch.StartNew();
            var embeddings = TextRows.Spread(rows, generator.Embed([.. said.Select(row => row.Text)], new EvaluateVerb.Counted(screen, "texts", said.Length), cancel));
            TextRows.TellBlank(rows, open.Text.Notices, isTensor ? "the embedding is zeros" : "the embedding is null");
            double seconds = watch.Elapsed.TotalSeconds;
            if (isTensor)
            {
                using var all = torch.tensor(embeddings.SelectMany(one => one ?? new float[generator.Width]).ToArray(), [rows.Count, generator.Width]);
                SafetensorsWriter.Write(path, [TensorMemory.ToWrite(TensorName, all, all.dtype)]);
            }
            else
            {
                AtomicFile.WriteAllText(path, string.Concat(rows.Zip(embeddings, (row, one) => Line(row, one) + "\n")));
            }

            screen.Line($"{Words.Count(rows.Count, "text")}, {generator.Width} numbers each, in {path}");
            NoticeLines.Write(screen, open.Text.Notices.All);
            screen.Progress.MarkupLineInterpolated($"[grey]{said.Length / seconds:F0} texts a second[/]");
            return (int)ExitCode.Done;
        });
        return command;
    }
    private static string Line(TextRows row, float[]? embedding)
    {
        JsonObject json = row.Answer();
        json["embedding"] = embedding is null ? null : new JsonArray([.. embedding.Select(number => (JsonNode)number)]);
        return json.ToJsonString(Readable);
    }
}
