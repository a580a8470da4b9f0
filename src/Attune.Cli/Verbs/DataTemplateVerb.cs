using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Models;
using Attune.Tasks;
using Attune.Text;

namespace Attune.Cli.Verbs;

/// <summary><c>attune data template</c>: what a conversation becomes under a model's chat template, and what of it is trained.</summary>
internal static class DataTemplateVerb
{
    private const string Chat = "chat";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly ChatMessage[] Talk =
    [
        new("user", "I lie awake until three."),
        new("assistant", "What keeps you up?"),
        new("user", "My phone, mostly."),
        new("assistant", "Let it sleep in the hall tonight."),
    ];

    public static Verb Create(Screen screen)
    {
        var model = new Argument<string>("MODEL") { Description = "A model folder, a .gguf file, builtin:tiny or a hub id." };
        var system = new Option<string?>("--system") { Description = "A system message at the beginning of the conversation.", HelpName = "TEXT" };
        var source = new Option<bool>("--source") { Description = "Print the template itself instead." };
        var json = new Option<bool>("--json") { Description = "One JSON object: rows of tokens with their ids, what opens a reply, the end tokens, the template." };
        var command = new Verb("template", "Show what a conversation becomes under a model's chat template, and which tokens would be trained.",
            [
                "attune data template builtin:tiny",
                "attune data template HuggingFaceTB/SmolLM2-135M-Instruct --system 'Answer in one sentence.'",
                "attune data template SmolLM2-135M-Instruct.Q4_1.gguf --source",
            ]) { model, system, source, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var text = ModelText.Open(await ModelSources.FindAsync(parsed.GetValue(model)!, null, new Downloads(screen), cancel).ConfigureAwait(false));
            var template = text.Template ?? throw new AttuneException(ExitCode.BadData, text.Path, "the model has no chat template");
            if (parsed.GetValue(source))
            {
                screen.Line(template.Source);
                return (int)ExitCode.Done;
            }

            ChatMessage[] talk = parsed.GetValue(system) is { } said ? [new("system", said), .. Talk] : Talk;
            var rows = RowView.Of(new Data.Conversation(talk), TaskRegistry.Create(Chat).Encoder(text, int.MaxValue), text.Tokenizer);
            string opening = Opening(template, talk[..^1]);
            if (parsed.GetValue(json))
            {
                var tokens = rows.Select(row => row.Tokens.Select(token => new { token.Id, token.Text, token.Trained, token.Special }));
                screen.Line(JsonSerializer.Serialize(new { Rows = tokens, GenerationPrompt = opening, EndTokens = text.EndTokenIds, Template = template.Source }, Json));
            }
            else
            {
                Show(screen, text, rows, opening);
            }

            return (int)ExitCode.Done;
        });
        return command;
    }

    /// <summary>What the template adds for a reply to begin behind.</summary>
    private static string Opening(ChatTemplate template, ChatMessage[] asked)
    {
        string with = template.Render(asked, new ChatTemplateArguments { AddGenerationPrompt = true }).Text, without = template.Render(asked, new ChatTemplateArguments()).Text;
        return with[with.AsSpan().CommonPrefixLength(without)..];
    }

    private static void Show(Screen screen, ModelText text, IReadOnlyList<RowView> rows, string opening)
    {
        foreach (var row in rows)
        {
            RowText.Write(screen, row);
            screen.Line();
        }

        screen.Line($"{Words.Count(rows.Sum(row => row.Tokens.Count), "token")}, {rows.Sum(row => row.Trained)} trained{RowText.Mark(screen)}");
        if (rows.Count > 1)
        {
            screen.Line($"{rows.Count} rows, one for each reply: this template shows earlier turns differently once later ones follow");
        }

        screen.Line($"a reply begins behind {JsonSerializer.Serialize(opening, Json)} and ends with {string.Join(" or ", text.EndTokenIds.Select(id => text.Tokenizer.Decode([id], false)))}");
        if (!rows.Any(row => row.Tokens.Any(token => token.Trained && text.EndTokenIds.Contains(token.Id))))
        {
            screen.Error("no end token is trained: a model tuned with this template will not learn to stop", isHint: true);
        }
    }
}
