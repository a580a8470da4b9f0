using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Generation;
using Attune.Models;
using Attune.Native;

namespace Attune.Cli.Verbs;

/// <summary><c>attune batch</c>: a reply to every prompt of a file, written as conversations (of a model without a chat template: as texts) that can be trained on.</summary>
internal static class BatchVerb
{
    private const int DefaultMaxNewTokens = 256;
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Screen screen)
    {
        var model = RunOrModel.Argument();
        var prompts = new Argument<string>("PROMPTS") { Description = "A text file with one prompt a line. A blank line has a line of its own in the output too, without messages." };
        var output = new Option<string>("--output") { Description = "The JSONL file that is written; what is there already is kept, and the prompts after it answered.", HelpName = "FILE", Required = true };
        var together = new Option<int>("--batch-size") { Description = "Prompts that are answered together.", HelpName = "N", DefaultValueFactory = _ => 8 };
        var minutes = new Option<double?>("--minutes") { Description = "Stop after so many minutes; the same command goes on later.", HelpName = "X" };
        var adapter = RunOrModel.AdapterOption();
        var precision = RunOrModel.PrecisionOption();
        var system = new Option<string?>("--system") { Description = "A system message before every prompt.", HelpName = "TEXT" };
        var raw = new Option<bool>("--raw") { Description = "Go on from each prompt as it is, without the chat template (a model that has none always does); special tokens that it spells are those tokens." };
        var settings = new GenerationSettings();
        var command = new Verb("batch", "A reply to every prompt of a file.",
            [
                "attune batch SmolLM2-135M-Instruct.Q4_1.gguf prompts.txt --output replies.jsonl --batch-size 16 --temperature 0.8 --seed 1",
                "attune batch runs/coach questions.txt --output answers.jsonl",
            ]) { model, prompts, output, together, minutes, adapter, precision, system, raw };
        foreach (var option in settings.All)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancel) =>
        {
            string[] lines = ReadPrompts(parsed.GetValue(prompts)!);
            int size = parsed.GetValue(together);
            if (size < 1)
            {
                throw new AttuneException(ExitCode.Usage, null, $"--batch-size must be at least 1 (got {size})");
            }

            string file = parsed.GetValue(output)!;
            int done = Answered(file, size, lines.Length);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            Libtorch.Load();
            var found = await RunOrModel.FindAsync(screen, parsed.GetValue(model)!, parsed.GetValue(adapter), cancel: cancel).ConfigureAwait(false) with { Wanted = RunOrModel.PrecisionOf(parsed, precision) };
            ModelUses.Require(ModelUse.Write, found.Name, found.Text);
            using var open = found.OpenTuned(out var method, together: size);
            using var attached = method;
            using var engine = new Engine(open);
            var options = settings.Read(parsed, open, DefaultMaxNewTokens);
            NoticeLines.Write(screen, open.Text.Notices.All);
            bool isPlain = parsed.GetValue(raw) || !open.IsChatModel;
            string? instruction = parsed.GetValue(system);
            var limit = parsed.GetValue(minutes) is double many ? TimeSpan.FromMinutes(many) : TimeSpan.MaxValue;
            var watch = Stopwatch.StartNew();
            var notices = new NewNotices(screen);
            long tokens = 0;
            int first = done;
            using var writer = new StreamWriter(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read));
            while (done < lines.Length && watch.Elapsed < limit)
            {
                string[] part = lines[done..Math.Min(lines.Length, done + size)];

                // A seed of its own for every batch: the same command writes the same file, however often it was stopped.
                var own = options.Seed is long seed ? options with { Seed = seed + done } : options;
                string[] said = [.. part.Where(line => !string.IsNullOrWhiteSpace(line))];
                int[][] ids = [.. said.Select(line => isPlain ? GenerateVerb.Plain(open, line, instruction, parsed.GetValue(raw))
                    : GenerateVerb.Chat(open, line, instruction, notices.Notices))];
                notices.Tell();
                var replies = said.Length == 0 ? [] : await engine.GenerateAsync(ids, own, cancellationToken: cancel).ConfigureAwait(false);
                int next = 0;
                for (int i = 0; i < part.Length; i++)
                {
                    string? reply = null;
                    if (!string.IsNullOrWhiteSpace(part[i]))
                    {
                        tokens += replies[next][0].Tokens.Count;
                        reply = Text(open, replies[next][0], options, isPlain ? ids[next] : []);
                        next++;
                    }

                    await writer.WriteLineAsync(isPlain ? Line(done + i + 1, part[i], reply) : Line(done + i + 1, part[i], instruction, reply?.TrimEnd())).ConfigureAwait(false);
                }

                await writer.FlushAsync(cancel).ConfigureAwait(false);
                done += part.Length;
                var left = watch.Elapsed / (done - first) * (lines.Length - done);
                screen.Error($"{done} of {lines.Length}  {tokens / watch.Elapsed.TotalSeconds:F0} tokens/s  {TrainProgress.Time(left)} left", isHint: true);
            }

            int blank = lines.Take(done).Count(string.IsNullOrWhiteSpace);
            screen.Line($"{done - blank} of {Words.Count(lines.Count(line => !string.IsNullOrWhiteSpace(line)), "prompt")} answered in {file}");
            open.Text.Notices.Add("blank-prompts", n => $"{Words.Count(n, "line")} of the prompts {Words.Of(n, "is", "are")} blank: {Words.Of(n, "its line", "their lines")} in the output "
                + $"{Words.Of(n, "has", "have")} no reply", $"{parsed.GetValue(prompts)}:{Array.FindIndex(lines, string.IsNullOrWhiteSpace) + 1}", count: blank);
            NoticeLines.Write(screen, open.Text.Notices.All);
            return (int)(done < lines.Length ? ExitCode.TryAgain : ExitCode.Done);
        });
        return command;
    }

    private static string[] ReadPrompts(string path)
    {
        if (!File.Exists(path))
        {
            throw new AttuneException(ExitCode.MissingInput, path, "there is no such file", "give a text file with one prompt a line");
        }

        var bad = new BadRows();
        string[] lines = [.. TextFormat.Lines(path, bad).Select(row => row.Fields.GetProperty("text").GetString()!)];
        bad.ThrowIfTooMany();
        return lines.Any(line => !string.IsNullOrWhiteSpace(line)) ? lines : throw new AttuneException(ExitCode.BadData, path, "has no prompt", "write one prompt a line");
    }

    /// <summary>Prompts that were answered before: whole batches only, for the seed is a batch's; the rest, left by a crash, is taken away.</summary>
    private static int Answered(string path, int size, int prompts)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        byte[] bytes = File.ReadAllBytes(path);
        int lines = bytes.AsSpan().Count((byte)'\n'), kept = lines >= prompts ? lines : lines - (lines % size), end = 0;
        for (int line = 0; line < kept; line++)
        {
            end += bytes.AsSpan(end).IndexOf((byte)'\n') + 1;
        }

        if (end < bytes.Length)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
            file.SetLength(end);
        }

        return kept;
    }

    private static string Text(OpenModel model, GeneratedSequence reply, GenerationOptions options, int[] before)
    {
        var text = new RunningText(model.Tokenizer, options.StopStrings, before);
        var whole = new StringBuilder();
        foreach (int token in reply.Tokens.Where((_, i) => i < reply.Tokens.Count - 1 || reply.Finish != FinishReason.EndToken))
        {
            whole.Append(text.Push(token));
        }

        return whole.Append(text.Finish()).ToString();
    }

    // Line N answers line N of the prompts; where that is blank, training passes over the row.
    private static string Line(int line, string prompt, string? system, string? reply)
    {
        object[]? messages = reply is null ? null
            : [.. system is null ? [] : new object[] { new { role = "system", content = system } }, new { role = "user", content = prompt }, new { role = "assistant", content = reply }];
        return JsonSerializer.Serialize(new { line, messages }, Readable);
    }

    private static string Line(int line, string prompt, string? reply) => JsonSerializer.Serialize(new { line, text = reply is null ? "" : prompt + reply }, Readable);
}
