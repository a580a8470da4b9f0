using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attune.Cli.Terminal;
using Attune.Generation;
using Attune.Models;
using Attune.Native;
using Attune.Text;

namespace Attune.Cli.Verbs;

/// <summary><c>attune generate</c>: one reply, as it comes.</summary>
internal static class GenerateVerb
{
    private const int DefaultMaxNewTokens = 256;
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Screen screen)
    {
        var model = RunOrModel.Argument();
        var prompt = new Argument<string?>("PROMPT") { Description = "The text; absent: read from the input stream.", Arity = ArgumentArity.ZeroOrOne };
        var adapter = RunOrModel.AdapterOption();
        var precision = RunOrModel.PrecisionOption();
        var system = new Option<string?>("--system") { Description = "A system message before the prompt.", HelpName = "TEXT" };
        var raw = new Option<bool>("--raw") { Description = "Go on from the prompt as it is, without the chat template; special tokens that it spells are those tokens." };
        var json = new Option<bool>("--json") { Description = "One JSON object with the reply." };
        var settings = new GenerationSettings();
        var command = new Verb("generate", "One reply to a prompt, streamed.",
            [
                "attune generate runs/coach \"I cannot sleep before exams.\"",
                "attune generate SmolLM2-135M-Instruct.Q4_1.gguf \"What is a fox?\" --max-new-tokens 60 --temperature 0",
                "echo 'Once upon a time' | attune generate stories260K.gguf --raw",
            ]) { model, prompt, adapter, precision, system, raw, json };
        foreach (var option in settings.All)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancel) =>
        {
            string text = parsed.GetValue(prompt) ?? WithoutLineEnd(await Console.In.ReadToEndAsync(cancel).ConfigureAwait(false));
            if (string.IsNullOrWhiteSpace(text))
            {
                throw new AttuneException(ExitCode.Usage, null, "the prompt is empty", "give it as an argument or on the input stream");
            }

            Libtorch.Load();
            var found = await RunOrModel.FindAsync(screen, parsed.GetValue(model)!, parsed.GetValue(adapter), cancel: cancel).ConfigureAwait(false) with { Wanted = RunOrModel.PrecisionOf(parsed, precision) };
            ModelUses.Require(ModelUse.Write, found.Name, found.Text);
            using var open = found.OpenTuned(out var method);
            using var attached = method;
            using var engine = new Engine(open);
            bool isPlain = parsed.GetValue(raw) || !open.IsChatModel;
            var notices = new NewNotices(screen);
            int[] ids = isPlain ? Plain(open, text, parsed.GetValue(system), parsed.GetValue(raw)) : Chat(open, text, parsed.GetValue(system), notices.Notices);
            var options = settings.Read(parsed, open, DefaultMaxNewTokens);
            notices.Notices.Add(open.Text.Notices);
            notices.Tell();
            await AnswerAsync(screen, engine, ids, options, isPlain, parsed.GetValue(json), cancel).ConfigureAwait(false);
            return (int)ExitCode.Done;
        });
        return command;
    }

    /// <summary>A text as the model reads it that goes on from there.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The text.</param>
    /// <param name="system">Must be null.</param>
    /// <param name="parses">Whether special tokens that the text spells are those tokens. Behind one, the end of a line may matter.</param>
    internal static int[] Plain(OpenModel model, string text, string? system, bool parses)
    {
        if (system is not null)
        {
            throw new AttuneException(ExitCode.Usage, null, "--system needs a chat template", "put it into the prompt");
        }

        if (parses)
        {
            return model.Tokenizer.EncodeParsed(text);
        }

        text = text.TrimEnd('\r', '\n');
        return model.Tokenizer.Encode(text, [new TextRange(0, text.Length)], addSpecialTokens: true).Ids;
    }

    /// <summary>A prompt as the model reads it, up to where its reply begins.</summary>
    internal static int[] Chat(OpenModel model, string text, string? system, Notices notices)
    {
        ChatMessage[] messages = [.. system is null ? [] : new[] { new ChatMessage("system", system) }, new ChatMessage("user", text.TrimEnd('\r', '\n'))];
        return model.EncodeChat(messages, notices: notices);
    }

    // The one that `echo` and editors put at the end of what they write.
    private static string WithoutLineEnd(string text) => text.EndsWith('\n') ? text[..^(text.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)] : text;

    private static async Task AnswerAsync(Screen screen, Engine engine, int[] prompt, GenerationOptions options, bool continues, bool json, CancellationToken cancel)
    {
        var reply = new StringBuilder();
        GeneratedText last = default;
        await foreach (var piece in engine.StreamTextAsync(prompt, options, continues, cancel).ConfigureAwait(false))
        {
            last = piece;
            reply.Append(piece.Text);
            if (!json)
            {
                screen.Write(piece.Text);
            }
        }

        string finish = last.Finish == FinishReason.Length ? "length" : "stop";
        screen.Line(json ? JsonSerializer.Serialize(new { reply = reply.ToString(), finish, prompt_tokens = prompt.Length, tokens = last.Tokens }, Readable) : "");
    }
}
