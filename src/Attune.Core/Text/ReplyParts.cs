using System.Text.Json;

namespace Attune.Text;

/// <summary>Holds a template to it that it shows a trained reply whole: what it leaves out, a model would learn not to say.</summary>
internal static class ReplyParts
{
    // So many words are tried each way where a reply does not stand in the text as it is.
    private const int Tried = 16;

    private const string Cure = "use a chat template that shows it, change the message, or give it the weight 0";

    /// <summary>Refuses a reply that is not shown whole, and tells what else of it is not.</summary>
    /// <param name="turn">The reply in its place.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="parts">Tries what the template shows.</param>
    /// <param name="notices">Takes what is to be told; null: nobody asks.</param>
    /// <param name="place">Where the conversation stands; null: it is no row.</param>
    /// <exception cref="AttuneException">The template leaves out the reply or a part of it.</exception>
    public static void Check(ChatTurn turn, ChatMessage reply, HiddenParts parts, Notices? notices, string? place)
    {
        int number = turn.Reply + 1;
        int calls = reply.ToolCalls is { } made ? made.GetArrayLength() : 0;
        string said = reply.Content ?? "";
        for (int call = 0; call < calls; call++)
        {
            if (Hidden("name", call) || Hidden("arguments", call))
            {
                throw Refused(place, $"the chat template leaves out the tool calls of message {number}, a reply to be trained"
                    + (string.IsNullOrWhiteSpace(said) ? ", which says nothing else" : ""));
            }
        }

        if (calls == 0 && string.IsNullOrWhiteSpace(said) && reply.Field("content") is not { ValueKind: JsonValueKind.Array })
        {
            throw Refused(place, $"message {number}, a reply to be trained, is empty");
        }

        CheckContent(turn, said, parts, notices, place);
        if (notices is not null && reply.Reasoning is { Length: > 0 } reasoning
            && !turn.UpTo.Text.AsSpan(turn.Start).Contains(reasoning.AsSpan().Trim(), StringComparison.Ordinal)
            && parts.IsHidden(turn.Reply, HiddenParts.Unreasoned))
        {
            TellReasoning(notices, First(place, number));
        }

        bool Hidden(string field, int call) => HiddenParts.Has(reply, call, field)
            && parts.IsHidden(turn.Reply, message => HiddenParts.Uncalled(message, call, field));
    }

    /// <summary>Tells of a message whose reasoning is not shown.</summary>
    /// <param name="notices">Takes it.</param>
    /// <param name="first">Where.</param>
    public static void TellReasoning(Notices notices, string first) =>
        notices.Add("template-hides-reasoning",
            n => $"the chat template leaves out the reasoning of {Attune.Words.Count(n, "message")}: the model does not learn to reason from it",
            first, "use a chat template that shows reasoning, or put it into the content");

    private static void CheckContent(ChatTurn turn, string said, HiddenParts parts, Notices? notices, string? place)
    {
        var shown = new ShownTexts(turn.UpTo);
        string core = said.Trim();
        if (core.Length == 0 || shown.Has(said.TrimEnd(), turn.Start))
        {
            return;
        }

        if (shown.Has(core, turn.Start))
        {
            notices?.Add("template-trims-replies",
                n => $"the chat template drops the white space that {Attune.Words.Count(n, "reply begins", "replies begin")} with",
                First(place, turn.Reply + 1), "take | trim out of the chat template where it matters (indented code)");
            return;
        }

        TextRange[] words = Words(said);
        foreach (TextRange word in Suspects(said, words, turn))
        {
            if (parts.IsHidden(turn.Reply, message => message.With("content", Without(said, word))))
            {
                throw Refused(place, words.Length > 1
                    ? $"the chat template leaves out a part of message {turn.Reply + 1}, a reply to be trained: \"{Cut(said, word.Start)}\""
                    : $"the chat template does not show what message {turn.Reply + 1}, a reply to be trained, says");
            }
        }
    }

    // Letters and digits that stand together, and other signs that do.
    private static TextRange[] Words(string said)
    {
        var words = new List<TextRange>();
        for (int start = 0, end = 0; end < said.Length; start = end)
        {
            bool isWord = char.IsLetterOrDigit(said[start]);
            do
            {
                end++;
            }
            while (end < said.Length && char.IsLetterOrDigit(said[end]) == isWord && char.IsWhiteSpace(said[end]) == char.IsWhiteSpace(said[start]));

            if (!char.IsWhiteSpace(said[start]))
            {
                words.Add(new TextRange(start, end));
            }
        }

        return [.. words];
    }

    // The words that are not found where they should stand, and some of the others: what is left out may stand elsewhere too.
    private static IEnumerable<TextRange> Suspects(string said, TextRange[] words, ChatTurn turn)
    {
        var missing = new List<TextRange>();
        int start = turn.Start;
        foreach (TextRange word in words)
        {
            int length = word.End - word.Start;
            int at = turn.UpTo.Text.AsSpan(start).IndexOf(said.AsSpan(word.Start, length));
            start += at < 0 ? 0 : at + length;
            if (at < 0 && missing.Count < Tried)
            {
                missing.Add(word);
            }
        }

        return missing.Concat(Enumerable.Range(0, Tried).Select(i => words[(long)i * (words.Length - 1) / (Tried - 1)])).Distinct();
    }

    private static string Without(string said, TextRange word)
    {
        string rest = said.Remove(word.Start, word.End - word.Start);
        return string.IsNullOrWhiteSpace(rest) ? "\uE000" : rest;
    }

    private static string Cut(string said, int start)
    {
        const int Length = 40;
        while (start > 0 && !char.IsWhiteSpace(said[start - 1]))
        {
            start--;
        }

        string part = said[start..].ReplaceLineEndings(" ");
        return part.Length <= Length ? part : part[..(Length - (char.IsHighSurrogate(part[Length - 1]) ? 1 : 0))] + "…";
    }

    private static string First(string? place, int number) => (place is null ? "" : place + ": ") + $"message {number}, the assistant's";

    private static AttuneException Refused(string? place, string problem) => new(ExitCode.BadData, place, problem, Cure);
}
