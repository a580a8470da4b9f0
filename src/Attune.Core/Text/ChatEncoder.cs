using Attune.Text.ChatTemplates;

namespace Attune.Text;

/// <summary>
/// Turns conversations into tokens, and finds those that the assistant said. Where the template marks them with
/// <c>{% generation %}</c>, by its marks. Else by rendering the conversation up to each reply with and without it: what comes behind
/// the generation prompt is the reply. Where a template shows earlier turns differently once later ones follow, so that these
/// renderings do not continue one another, every reply becomes a row of its own, rendered up to it. What the generation prompt supplies
/// is never trained. Special tokens that a user wrote are text. Threads may share one.
/// </summary>
public sealed class ChatEncoder
{
    private readonly ChatTemplate template;
    private readonly Tokenizer tokenizer;
    private readonly StoppedClock clock;

    /// <summary>Creates an encoder.</summary>
    /// <param name="template">The model's chat template.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="clock">
    /// Tells templates that write the date what time it is, read once and here: rows must not change over a run. Null: the system's clock.
    /// </param>
    public ChatEncoder(ChatTemplate template, Tokenizer tokenizer, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(tokenizer);
        this.template = template;
        this.tokenizer = tokenizer;
        this.clock = new StoppedClock((clock ?? TimeProvider.System).GetLocalNow());
    }

    /// <summary>The tokens of a conversation that the model is to answer, generation prompt included.</summary>
    /// <param name="messages">The messages in order.</param>
    /// <param name="arguments">What else the template is given; its generation prompt is always added, unless the last message is to be continued.</param>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public int[] EncodePrompt(IReadOnlyList<ChatMessage> messages, ChatTemplateArguments? arguments = null)
    {
        arguments ??= new ChatTemplateArguments();
        messages = ToolCallSpelling.Fit(template, messages, arguments);
        return Encode(Render(messages, arguments, generationPrompt: !arguments.ContinueFinalMessage)).Ids;
    }

    /// <summary>The rows to train on: one for the conversation, or one for each reply.</summary>
    /// <param name="messages">The messages in order. Replies of weight 0 are not trained.</param>
    /// <param name="arguments">What else the template is given; its generation prompt is left out.</param>
    /// <returns>No row where there is no reply to train.</returns>
    /// <exception cref="AttuneException">The template refuses the conversation, or what it makes of a reply cannot be told from the rest.</exception>
    public IReadOnlyList<TokenRow> Encode(IReadOnlyList<ChatMessage> messages, ChatTemplateArguments? arguments = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        arguments = (arguments ?? new ChatTemplateArguments()) with { ContinueFinalMessage = false };
        int[] replies = [.. Enumerable.Range(0, messages.Count).Where(index => messages[index].Role == "assistant")];
        int[] trained = [.. replies.Where(index => messages[index].Weight > 0)];
        if (trained.Length == 0)
        {
            return [];
        }

        messages = ToolCallSpelling.Fit(template, messages, arguments);

        RenderedChat whole = Render(messages, arguments, generationPrompt: false);
        if (template.HasGenerationBlocks && MarkedReplies(whole, messages, replies) is { } marked)
        {
            Encoding encoding = Encode(whole);
            return [new TokenRow(encoding.Ids, TokenMask.Overlapping(encoding, marked))];
        }

        return InOneRow(whole, messages, trained, arguments) is TokenRow row ? [row] : [.. trained.Select(reply => OwnRow(messages, reply, arguments))];
    }

    // The marks of the replies that count, or null where marks and replies cannot be matched.
    private static List<TextRange>? MarkedReplies(RenderedChat whole, IReadOnlyList<ChatMessage> messages, int[] replies)
    {
        if (replies.All(reply => messages[reply].Weight > 0))
        {
            return whole.GenerationSpans.Any(span => span.Start < span.End) ? [.. whole.GenerationSpans] : null;
        }

        return whole.GenerationSpans.Count == replies.Length ? [.. whole.GenerationSpans.Where((_, index) => messages[replies[index]].Weight > 0)] : null;
    }

    private TokenRow? InOneRow(RenderedChat whole, IReadOnlyList<ChatMessage> messages, int[] trained, ChatTemplateArguments arguments)
    {
        var spans = new List<TextRange>();
        foreach (int reply in trained)
        {
            string prompt = Prompt(messages, reply, arguments).Text;
            string upTo = reply == messages.Count - 1 ? whole.Text : Render(Take(messages, reply + 1), arguments, generationPrompt: false).Text;
            if (!upTo.StartsWith(prompt, StringComparison.Ordinal) || !whole.Text.StartsWith(upTo, StringComparison.Ordinal))
            {
                return null;
            }

            spans.Add(Shown(messages, reply, upTo, prompt.Length));
        }

        Encoding encoding = Encode(whole);
        return new TokenRow(encoding.Ids, TokenMask.Beginning(encoding, spans));
    }

    private TokenRow OwnRow(IReadOnlyList<ChatMessage> messages, int reply, ChatTemplateArguments arguments)
    {
        RenderedChat chat = Render(Take(messages, reply + 1), arguments, generationPrompt: false);
        Encoding encoding = Encode(chat);
        string prompt = Prompt(messages, reply, arguments).Text;
        int start = prompt.AsSpan().CommonPrefixLength(chat.Text);
        TextRange[] span = [Shown(messages, reply, chat.Text, start)];
        if (start == prompt.Length)
        {
            return new TokenRow(encoding.Ids, TokenMask.Beginning(encoding, span));
        }

        // The generation prompt may write more than the template does before a reply that is there (an opened <think>), and the token in
        // which they part is then the reply's; but the turns before must be the same.
        string before = Render(Take(messages, reply), arguments, generationPrompt: false).Text;
        return start >= prompt.AsSpan().CommonPrefixLength(before) ? new TokenRow(encoding.Ids, TokenMask.Overlapping(encoding, span))
            : throw Refused($"shows the conversation before message {reply + 1} differently once that is there, so that the reply cannot be told from the rest");
    }

    // The reply's place in the text, in which the end of what it says must be found.
    private TextRange Shown(IReadOnlyList<ChatMessage> messages, int reply, string text, int start)
    {
        const int TailLength = 32;
        string said = messages[reply].Content?.Trim() ?? "";
        int tail = Math.Max(0, said.Length - TailLength);
        tail += tail > 0 && char.IsLowSurrogate(said[tail]) ? 1 : 0;
        return text.AsSpan(start).Contains(said.AsSpan(tail), StringComparison.Ordinal) ? new TextRange(start, text.Length)
            : throw Refused($"does not show what message {reply + 1} says");
    }

    private TemplateException Refused(string problem) =>
        new(template.Place, problem, "put {% generation %} and {% endgeneration %} around the assistant's text in the template, or use another template");

    private Encoding Encode(RenderedChat chat) => tokenizer.Encode(chat.Text, chat.PlainSpans, addSpecialTokens: false);

    private RenderedChat Prompt(IReadOnlyList<ChatMessage> messages, int reply, ChatTemplateArguments arguments) =>
        Render(Take(messages, reply), arguments, generationPrompt: true);

    private RenderedChat Render(IReadOnlyList<ChatMessage> messages, ChatTemplateArguments arguments, bool generationPrompt) =>
        template.Render([.. messages.Select(message => message.WithoutNulls())],
            arguments with { AddGenerationPrompt = generationPrompt, Clock = arguments.Clock ?? clock });

    private static List<ChatMessage> Take(IReadOnlyList<ChatMessage> messages, int count) => [.. messages.Take(count)];
}
