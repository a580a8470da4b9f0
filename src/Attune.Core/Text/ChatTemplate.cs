using System.Text.Json;
using System.Text.RegularExpressions;
using Attune.Formats;
using Attune.Text.ChatTemplates;

namespace Attune.Text;

/// <summary>
/// A model's chat template: turns a conversation into the text that the model was trained on. The language is the part of Jinja2 that
/// transformers gives to templates, with the same results; a template can compute with what it is given and nothing else, within budgets.
/// Safe to use from several threads.
/// </summary>
public sealed partial class ChatTemplate
{
    private readonly IReadOnlyList<Statement> body;
    private readonly IReadOnlyDictionary<string, BlockStatement> blocks;

    private ChatTemplate(string source, string place, IReadOnlyDictionary<string, string> specialTokens, ChatTemplate? withTools)
    {
        Source = source;
        Place = place;
        SpecialTokens = specialTokens;
        WithTools = withTools;
        (body, blocks) = Parser.Read(source, place);
    }

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>Where it came from, for messages.</summary>
    public string Place { get; }

    /// <summary>The special tokens by variable name (<c>bos_token</c>, …) that came with the template; empty where only its text was given.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; }

    /// <summary>The template that takes this one's place where tools are given (<c>tool_use</c> in a list of named templates), or null.</summary>
    public ChatTemplate? WithTools { get; }

    /// <summary>Whether it marks what is to be trained with <c>{% generation %}</c>.</summary>
    public bool HasGenerationBlocks => GenerationTag().IsMatch(Source);

    /// <summary>Reads a template.</summary>
    /// <param name="source">Its text, at most 65,536 characters.</param>
    /// <param name="place">Where it came from, for messages.</param>
    /// <exception cref="TemplateException">It is too long or not a template.</exception>
    public static ChatTemplate Parse(string source, string place) => Parse(source, place, new Dictionary<string, string>(), null);

    /// <summary>The template of a model's folder in Hugging Face's layout, with its special tokens.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="AttuneException">There is none, or it cannot be read.</exception>
    public static ChatTemplate FromFolder(string folder) => FindInFolder(folder) ?? throw new AttuneException(ExitCode.MissingInput, folder,
        "has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json)", "use a chat model, or put a template there");

    /// <summary>The template of a model's folder, or null where it has none, as base models have none.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="AttuneException">It cannot be read.</exception>
    public static ChatTemplate? FindInFolder(string folder) => TemplateFiles.Find(folder);

    /// <summary>The template inside a GGUF file, with its special tokens, or null where it has none.</summary>
    /// <param name="gguf">The open file.</param>
    /// <exception cref="TemplateException">It is not a template.</exception>
    public static ChatTemplate? FindInGguf(Gguf gguf)
    {
        ArgumentNullException.ThrowIfNull(gguf);
        return TemplateFiles.Find(gguf);
    }

    /// <summary>Renders a conversation.</summary>
    /// <param name="messages">The messages in order.</param>
    /// <param name="arguments">What else the template is given.</param>
    /// <exception cref="TemplateException">The template refuses the conversation, fails on it, or asks for more than its budget.</exception>
    public RenderedChat Render(IReadOnlyList<ChatMessage> messages, ChatTemplateArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments.Tools is { ValueKind: not JsonValueKind.Null } && WithTools is not null)
        {
            return WithTools.Render(messages, arguments);
        }

        var variables = new Dictionary<string, JsonElement>();
        foreach (var (name, value) in arguments.Variables ?? new Dictionary<string, JsonElement>())
        {
            variables[name] = value;
        }

        IReadOnlyList<ChatMessage> shown = ReasoningNames.Alias(messages);
        shown = arguments.ContinueFinalMessage ? FinalMessage.Mark(this, shown, arguments) : shown;
        RenderedChat chat = Render(run =>
        {
            var given = new Dictionary<string, Value>
            {
                ["messages"] = MessageValues.Read(run, shown),
                ["tools"] = arguments.Tools is JsonElement tools ? JsonValues.Read(run, tools) : NoneValue.Instance,
                ["documents"] = arguments.Documents is JsonElement documents ? JsonValues.Read(run, documents) : NoneValue.Instance,
                ["add_generation_prompt"] = Value.Of(arguments.AddGenerationPrompt),
            };
            foreach (var (name, token) in SpecialTokens.Concat(arguments.SpecialTokens ?? new Dictionary<string, string>()))
            {
                given[name] = Value.Of(token);
            }

            return given;
        }, variables, Measured(shown, arguments), arguments.Clock);
        return arguments.ContinueFinalMessage ? FinalMessage.Cut(this, chat, shown) : chat;
    }

    internal static ChatTemplate Parse(string source, string place, IReadOnlyDictionary<string, string> specialTokens, ChatTemplate? withTools)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Length <= Limits.TemplateLength ? new ChatTemplate(source, place, specialTokens, withTools)
            : throw new TemplateException(place, $"a template may have {Limits.TemplateLength} characters (this has {source.Length})");
    }

    /// <summary>Renders with these variables and nothing else.</summary>
    internal RenderedChat Render(IReadOnlyDictionary<string, JsonElement> variables, TimeProvider? clock) =>
        Render(_ => [], variables, (0, 0), clock);

    private RenderedChat Render(Func<Run, Dictionary<string, Value>> given, IReadOnlyDictionary<string, JsonElement> variables,
        (long Values, long Characters) size, TimeProvider? clock)
    {
        size.Characters += Source.Length;
        foreach (JsonElement variable in variables.Values)
        {
            size = Plus(size, JsonValues.Measure(variable));
        }

        var run = new Run(Place, size.Values, size.Characters, clock ?? TimeProvider.System);
        var globals = new Scope(null);
        GlobalFunctions.Define(globals);
        globals.Set("self", new BlocksValue(blocks));
        foreach (var (name, value) in given(run))
        {
            globals.Set(name, value);
        }

        foreach (var (name, value) in variables)
        {
            globals.Set(name, JsonValues.Read(run, value));
        }

        run.Top = new Scope(globals);
        run.Execute(body, run.Top);
        return run.Finish();
    }

    private static (long Values, long Characters) Measured(IReadOnlyList<ChatMessage> messages, ChatTemplateArguments arguments)
    {
        (long Values, long Characters) size = (0, 0);
        foreach (ChatMessage message in messages)
        {
            foreach (var (name, value) in message.Fields)
            {
                size = Plus(size, JsonValues.Measure(value));
                size.Characters += name.Length;
            }
        }

        foreach (JsonElement? json in new[] { arguments.Tools, arguments.Documents })
        {
            size = json is JsonElement given ? Plus(size, JsonValues.Measure(given)) : size;
        }

        return size;
    }

    [GeneratedRegex(@"\{%[-+]?\s*generation\s*[-+]?%\}")]
    private static partial Regex GenerationTag();

    private static (long Values, long Characters) Plus((long Values, long Characters) a, (long Values, long Characters) b) =>
        (a.Values + b.Values, a.Characters + b.Characters);
}
