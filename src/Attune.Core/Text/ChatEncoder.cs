using System.Text.Json;
using Attune.Text.ChatTemplates;

namespace Attune.Text;

/// <summary>
/// Turns conversations into tokens, and finds those that the assistant said: what comes behind the generation prompt, which is never
/// trained, and of that what the template marks with <c>{% generation %}</c>, where it marks anything. A row holds exactly the tokens
/// that a model which is to give the reply would read, and then those of the reply. Where tokens would reach from one into the other, the
/// reply is encoded by itself. Where a template shows earlier turns differently once later ones follow, or its tokens differ then,
/// replies get rows of their own. Special tokens that a user wrote are text. Threads may share one.
/// </summary>
public sealed class ChatEncoder
{
    // No template writes it, and no reply begins with it.
    private const string Mark = "\uE000";

    private static readonly JsonSerializerOptions Readable =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ChatTemplate template;
    private readonly Tokenizer tokenizer;
    private readonly StoppedClock clock;
    private readonly bool parsesSpecialTokens;

    /// <summary>Creates an encoder.</summary>
    /// <param name="template">The model's chat template.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="clock">
    /// Tells templates that write the date what time it is, read once and here: rows must not change over a run. Null: the system's clock.
    /// </param>
    /// <param name="parsesSpecialTokens">Whether special tokens that messages spell are those tokens; false: they are text.</param>
    public ChatEncoder(ChatTemplate template, Tokenizer tokenizer, TimeProvider? clock = null, bool parsesSpecialTokens = false)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(tokenizer);
        this.template = template;
        this.tokenizer = tokenizer;
        this.parsesSpecialTokens = parsesSpecialTokens;
        this.clock = new StoppedClock((clock ?? TimeProvider.System).GetLocalNow());
    }

    /// <summary>The tokens of a conversation that the model is to answer, generation prompt included.</summary>
    /// <param name="messages">The messages in order.</param>
    /// <param name="arguments">What else the template is given; its generation prompt is always added, unless the last message is to be continued.</param>
    /// <param name="notices">Takes what the template leaves out of the conversation; null: nobody asks.</param>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public int[] EncodePrompt(IReadOnlyList<ChatMessage> messages, ChatTemplateArguments? arguments = null, Notices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        arguments ??= new ChatTemplateArguments();
        messages = ToolCallSpelling.Fit(template, messages, arguments);
        bool opens = !arguments.ContinueFinalMessage;
        RenderedChat chat = Render(messages, arguments, generationPrompt: opens);
        if (notices is not null)
        {
            Parts(messages, arguments, chat, opens).Tell(notices, null, _ => false);
        }

        return Encode(chat).Ids;
    }

    /// <summary>
    /// The rows to train on: one for the conversation, or several where not every reply can be shown in one as a model would see it.
    /// </summary>
    /// <param name="messages">The messages in order. Replies of weight 0 are not trained.</param>
    /// <param name="arguments">What else the template is given; its generation prompt is left out.</param>
    /// <param name="notices">Takes what the template leaves out of the conversation, but for the replies; null: nobody asks.</param>
    /// <param name="place">Where the conversation stands, for notices; null: nowhere.</param>
    /// <returns>No row where there is no reply to train.</returns>
    /// <exception cref="AttuneException">
    /// The template refuses the conversation, leaves out a part of a reply, or what it makes of a reply cannot be told from the rest.
    /// </exception>
    public IReadOnlyList<TokenRow> Encode(
        IReadOnlyList<ChatMessage> messages, ChatTemplateArguments? arguments = null, Notices? notices = null, string? place = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        arguments = (arguments ?? new ChatTemplateArguments()) with { ContinueFinalMessage = false };
        messages = ToolCallSpelling.Fit(template, messages, arguments);
        ChatTurn[] turns =
        [
            .. Enumerable.Range(0, messages.Count).Where(index => messages[index] is { Role: "assistant", Weight: > 0 })
                .Select(reply => Turn(messages, reply, arguments)),
        ];
        if (turns.Length == 0)
        {
            return [];
        }

        for (int i = 0; i < turns.Length; i++)
        {
            ChatTurn turn = turns[i];
            HiddenParts parts = Parts(Take(messages, turn.Reply + 1), arguments, turn.UpTo, generationPrompt: false);
            ReplyParts.Check(turn, messages[turn.Reply], parts, notices, place);
            if (notices is not null && i == turns.Length - 1)
            {
                parts.Tell(notices, place, index => messages[index] is { Role: "assistant", Weight: > 0 });
                TellPrefilled(turn, notices, place);
            }
        }

        bool isMarked = turns.Any(turn => turn.Marks.Any());
        return InOneRow(turns, isMarked) is TokenRow row ? [row] : InRows(turns, isMarked);
    }

    // The tokens of the whole, where they begin with those of every prompt and none reaches beyond the end of a reply.
    private TokenRow? InOneRow(ChatTurn[] turns, bool isMarked)
    {
        RenderedChat whole = turns[^1].UpTo;
        if (!turns.All(turn => turn.GoesOn && whole.Text.StartsWith(turn.UpTo.Text, StringComparison.Ordinal)))
        {
            return null;
        }

        Encoding joint = Encode(whole);
        bool[] trained = new bool[joint.Count];
        TextRange[] offsets = joint.Offsets;
        foreach (ChatTurn turn in turns)
        {
            if (PromptTokens.CountIn(tokenizer, joint, turn.Prompt.Text, Plain(turn.Prompt)) is not int at)
            {
                return null;
            }

            for (; at < offsets.Length && offsets[at].Start < turn.UpTo.Text.Length; at++)
            {
                if (offsets[at].End > turn.UpTo.Text.Length)
                {
                    return null;
                }

                trained[at] = !isMarked || IsMarked(turn, offsets[at]);
            }
        }

        return new TokenRow(joint.Ids, trained);
    }

    // A row goes on as long as the next prompt has its tokens; then the next begins.
    private List<TokenRow> InRows(ChatTurn[] turns, bool isMarked)
    {
        var rows = new List<TokenRow>();
        foreach (ChatTurn turn in turns)
        {
            TokenRow row = OwnRow(turn, isMarked, out int prompt);
            if (rows.Count > 0 && row.Ids.AsSpan(0, prompt).StartsWith(rows[^1].Ids))
            {
                rows[^1].Trained.CopyTo(row.Trained, 0);
                rows.RemoveAt(rows.Count - 1);
            }

            rows.Add(row);
        }

        return rows;
    }

    private TokenRow OwnRow(ChatTurn turn, bool isMarked, out int prompt)
    {
        Encoding reply;
        int shift = 0, from = 0;
        int[] ids;
        if (turn.GoesOn && Encode(turn.UpTo) is var joint
            && PromptTokens.CountIn(tokenizer, joint, turn.Prompt.Text, Plain(turn.Prompt)) is int count)
        {
            (reply, ids, from) = (joint, joint.Ids, count);
            prompt = count;
        }
        else
        {
            shift = turn.Start;
            reply = tokenizer.EncodeContinuation(turn.UpTo.Text[shift..], PromptTokens.From(Plain(turn.UpTo), shift));
            int[] before = Encode(turn.Prompt).Ids;
            ids = [.. before, .. reply.IdSpan];
            prompt = before.Length;
        }

        bool[] trained = new bool[ids.Length];
        for (int i = from; i < reply.Count; i++)
        {
            TextRange place = reply.Offsets[i];
            trained[prompt + i - from] = !isMarked || IsMarked(turn, new TextRange(place.Start + shift, place.End + shift));
        }

        return new TokenRow(ids, trained);
    }

    // As transformers has it: a token that shares a character with a mark. One that stands for white space which the prompt's tokens
    // leave out is the reply's first.
    private static bool IsMarked(ChatTurn turn, TextRange token)
    {
        int start = Math.Max(token.Start, turn.Start), end = Math.Max(token.End, start + 1);
        return turn.Marks.Any(mark => start < mark.End && mark.Start < end);
    }

    private ChatTurn Turn(IReadOnlyList<ChatMessage> messages, int reply, ChatTemplateArguments arguments)
    {
        RenderedChat prompt = Render(Take(messages, reply), arguments, generationPrompt: true);
        RenderedChat upTo = Render(Take(messages, reply + 1), arguments, generationPrompt: false);
        if (upTo.Text.StartsWith(prompt.Text, StringComparison.Ordinal))
        {
            return new ChatTurn(reply, prompt, upTo, prompt.Text.Length);
        }

        // The generation prompt may write more than the template does before a reply that is there (an opened <think>); but the turns
        // before must be the same. What the reply has in common with the prompt's end by chance is still the reply's.
        ChatMessage other = messages[reply].With("content", Mark);
        string changed = Render([.. messages.Take(reply), other], arguments, generationPrompt: false).Text;
        int start = Math.Min(prompt.Text.AsSpan().CommonPrefixLength(upTo.Text), prompt.Text.AsSpan().CommonPrefixLength(changed));
        start -= start > 0 && char.IsHighSurrogate(upTo.Text[start - 1]) ? 1 : 0;
        string before = Render(Take(messages, reply), arguments, generationPrompt: false).Text;
        if (start < prompt.Text.AsSpan().CommonPrefixLength(before)
            && upTo.GenerationSpans.LastOrDefault(span => span.Start < span.End) is { End: > 0 } mark)
        {
            start = mark.Start;
            before = "";
        }

        return start >= prompt.Text.AsSpan().CommonPrefixLength(before) ? new ChatTurn(reply, prompt, upTo, start)
            : throw Refused($"shows the conversation before message {reply + 1} differently once that is there, "
                + "so that the reply cannot be told from the rest");
    }

    private static void TellPrefilled(ChatTurn turn, Notices notices, string? place)
    {
        if (!turn.GoesOn)
        {
            string more = JsonSerializer.Serialize(turn.Prompt.Text[turn.Start..], Readable);
            notices.Add("generation-prompt-says-more",
                n => $"the generation prompt ends with {more}, which the chat template does not show before a reply: "
                + $"{Words.Count(n, "conversation")} train{(n == 1 ? "s" : "")} replies that follow it at once",
                place, "begin the replies with what should follow it");
        }
    }

    private HiddenParts Parts(IReadOnlyList<ChatMessage> messages, ChatTemplateArguments arguments, RenderedChat chat, bool generationPrompt) =>
        new(messages, arguments, chat, (changed, given) => Render(changed, given, generationPrompt));

    private TemplateException Refused(string problem) =>
        new(template.Place, problem, "put {% generation %} and {% endgeneration %} around the assistant's text in the template, "
            + "or use another template");

    private Encoding Encode(RenderedChat chat) => tokenizer.Encode(chat.Text, Plain(chat), addSpecialTokens: false);

    private IReadOnlyList<TextRange> Plain(RenderedChat chat) => parsesSpecialTokens ? [] : chat.PlainSpans;

    private RenderedChat Render(IReadOnlyList<ChatMessage> messages, ChatTemplateArguments arguments, bool generationPrompt)
    {
        arguments = arguments with { AddGenerationPrompt = generationPrompt, Clock = arguments.Clock ?? clock };
        try
        {
            return template.Render([.. messages.Select(message => message.WithoutNulls())], arguments);
        }
        catch (TemplateException e) when (!e.RaisedByTemplate && messages.Any(IsNull))
        {
            // A template that asks for the content of every message gets the empty one of a message that only makes calls.
            ChatMessage[] filled = [.. messages.Select(message => (IsNull(message) ? message.With("content", "") : message).WithoutNulls())];
            return template.Render(filled, arguments);
        }
    }

    private static bool IsNull(ChatMessage message) => message.Field("content") is null or { ValueKind: JsonValueKind.Null };

    private static List<ChatMessage> Take(IReadOnlyList<ChatMessage> messages, int count) => [.. messages.Take(count)];
}
