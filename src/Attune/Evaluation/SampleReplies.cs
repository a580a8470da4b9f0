using Attune.Data;
using Attune.Generation;
using Attune.Models;
using Attune.Text;

namespace Attune.Evaluation;

/// <summary>Replies to held-out conversations, for people to read: which ones, and what a model says.</summary>
internal static class SampleReplies
{
    /// <summary>A reply has no more tokens than this.</summary>
    public const int MaxNewTokens = 160;

    private const int Together = 8;

    /// <summary>Chooses conversations, evenly spread over a split and the same ones each time.</summary>
    /// <param name="source">The recipe's data.</param>
    /// <param name="split">Which rows.</param>
    /// <param name="count">How many at most.</param>
    /// <exception cref="AttuneException">The data cannot be read.</exception>
    public static IReadOnlyList<Conversation> Pick(ExampleSource source, Split split, int count)
    {
        if (count == 0)
        {
            return [];
        }

        var rows = new ExampleReader(source).Read(new BadRows(source.SkipBad)).Where(row => row.Split == split).Select(row => row.Example);
        if (source.Split.Most(split) is { } most)
        {
            var sample = new RowSample<Example>(most, source.Split.Seed);
            foreach (Example example in rows)
            {
                sample.Offer(null, example.ContentHash(), () => (true, example));
            }

            rows = sample.Take();
        }

        return Pick([.. rows.OfType<Conversation>()], count);
    }

    /// <summary>Chooses conversations that have a reply to compare with, evenly spread, the same ones each time, and of several replies to the same words the first.</summary>
    /// <param name="conversations">From which.</param>
    /// <param name="count">How many at most.</param>
    public static IReadOnlyList<Conversation> Pick(IReadOnlyList<Conversation> conversations, int count)
    {
        Conversation[] answered = [.. conversations.Where(conversation => LastReply(conversation) > 0).DistinctBy(conversation => string.Join('\n', conversation.Messages.Take(LastReply(conversation)).Select(Content)))];
        int picked = Math.Min(count, answered.Length);
        return [.. Enumerable.Range(0, picked).Select(i => answered[(int)(((2L * i) + 1) * answered.Length / (2L * picked))])];
    }

    /// <summary>What a model says in the place of each conversation's last reply: the most likely token each time, up to <see cref="MaxNewTokens"/>.</summary>
    /// <param name="model">The model, as it is now.</param>
    /// <param name="conversations">The conversations, each with a reply.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancellationToken">Stops between two tokens.</param>
    /// <returns>A reply each, in their order; one that was cut ends with an ellipsis, one for which the model has no places left is empty.</returns>
    /// <exception cref="AttuneException">The model cannot chat.</exception>
    public static IReadOnlyList<string> Of(OpenModel model, IReadOnlyList<Conversation> conversations, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        if (conversations.Count == 0)
        {
            return [];
        }

        var encoder = new ChatEncoder(model.Template, model.Tokenizer);
        var options = new GenerationOptions { MaxNewTokens = MaxNewTokens, EosTokenIds = model.EndTokenIds };
        int[][] prompts = [.. conversations.Select(conversation => Prompt(encoder, conversation))];
        string[] replies = new string[prompts.Length];
        Array.Fill(replies, "");
        using var engine = new Engine(model);
        int done = 0;
        foreach (int[] part in Enumerable.Range(0, prompts.Length).Where(i => prompts[i].Length < model.Model.MaxPositions).Chunk(Together))
        {
            // The engine answers on a thread of its own, so that waiting here blocks nothing that it needs.
            var answers = engine.GenerateAsync([.. part.Select(i => prompts[i])], options, null, cancellationToken).GetAwaiter().GetResult();
            for (int i = 0; i < part.Length; i++)
            {
                replies[part[i]] = Text(model.Tokenizer, answers[i][0]);
            }

            progress?.Report(done += part.Length);
        }

        return replies;
    }

    /// <summary>The conversations with the replies before and after, for a report.</summary>
    /// <param name="conversations">The conversations.</param>
    /// <param name="before">The replies of the pretrained model.</param>
    /// <param name="after">Those of the tuned one.</param>
    public static IReadOnlyList<SampleReply> Pair(IReadOnlyList<Conversation> conversations, IReadOnlyList<string> before, IReadOnlyList<string> after) =>
    [
        .. Enumerable.Range(0, Math.Min(conversations.Count, Math.Min(before.Count, after.Count))).Select(i => new SampleReply
        {
            Prompt = [.. conversations[i].Messages.Take(LastReply(conversations[i])).Select(message => new SampleMessage(message.Role, Content(message)))],
            Reference = Content(conversations[i].Messages[LastReply(conversations[i])]),
            Before = before[i],
            After = after[i],
        }),
    ];

    private static int LastReply(Conversation conversation)
    {
        for (int i = conversation.Messages.Count - 1; i >= 0; i--)
        {
            if (conversation.Messages[i] is { Role: "assistant", Weight: > 0 } reply && !string.IsNullOrWhiteSpace(reply.Content))
            {
                return i;
            }
        }

        return -1;
    }

    private static int[] Prompt(ChatEncoder encoder, Conversation conversation) => encoder.EncodePrompt([.. conversation.Messages.Take(LastReply(conversation))], new ChatTemplateArguments
    {
        Tools = conversation.Tools,
        Variables = conversation.Variables?.EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value),
    });

    private static string Text(Tokenizer tokenizer, GeneratedSequence sequence) =>
        tokenizer.Decode([.. sequence.Tokens]).Trim() + (sequence.Finish == FinishReason.Length ? " …" : "");

    private static string Content(ChatMessage message) => message.Content ?? message.Field("content")?.GetRawText() ?? message.ToolCalls?.GetRawText() ?? "";
}
