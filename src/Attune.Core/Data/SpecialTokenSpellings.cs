using System.Buffers;
using Attune.Text;

namespace Attune.Data;

/// <summary>
/// Counts rows that spell special tokens, as rows do that were put through a chat template already: as text, the model would learn to
/// write the letters.
/// </summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="areParsed">Whether they become the tokens.</param>
internal sealed class SpecialTokenSpellings(Tokenizer tokenizer, bool areParsed)
{
    private const int Shortest = 3;

    // Of chat formats that are about: in other models' tokenizers they are special.
    private static readonly string[] Known =
    [
        "<|im_start|>", "<|im_end|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|begin_of_text|>", "<|endoftext|>",
        "[INST]", "[/INST]",
        "<start_of_turn>", "<end_of_turn>", "<|user|>", "<|assistant|>", "<|system|>", "<|end|>", "<｜User｜>", "<｜Assistant｜>", "<|eot|>",
        "<|header_start|>",
        "<s>[INST]", "<<SYS>>", "<|start|>", "<|channel|>",
    ];

    private readonly string[] special =
        [.. tokenizer.AddedTokens.Where(token => token.Special && token.Content.Length >= Shortest).Select(token => token.Content)];
    private Found own;
    private Found foreign;
    private SearchValues<string>? ownSpellings;
    private SearchValues<string>? foreignSpellings;
    private long rows;
    private bool hasEdge;

    /// <summary>Takes a row.</summary>
    /// <param name="example">The row.</param>
    public void Count(Example example)
    {
        if (areParsed)
        {
            return;
        }

        ownSpellings ??= SearchValues.Create(special, StringComparison.Ordinal);
        foreignSpellings ??= SearchValues.Create([.. Known.Except(special)], StringComparison.Ordinal);
        rows++;
        bool hasOwn = false, hasForeign = false;
        foreach (string text in Texts(example))
        {
            int at = text.AsSpan().IndexOfAny(ownSpellings);
            if (at >= 0 && !hasOwn)
            {
                hasOwn = true;
                own.Add(example.Place, text[at..]);
            }

            hasEdge |= at >= 0 && HasEdge(text.Trim());
            at = hasForeign ? -1 : text.AsSpan().IndexOfAny(foreignSpellings);
            if (at >= 0)
            {
                hasForeign = true;
                foreign.Add(example.Place, text[at..]);
            }
        }
    }

    /// <summary>Tells of them where most rows are such, or a text begins or ends with a special token.</summary>
    /// <param name="notices">Takes it.</param>
    public void Tell(Notices notices)
    {
        long all = rows;
        if (own.Rows * 2 > all || hasEdge)
        {
            notices.Add("special-tokens-as-text",
                n => $"{n} of {Words.Count(all, "row")} {Words.Of(n, "spells", "spell")} special tokens of the model, "
                    + "which are text there: the model learns their letters", own.First,
                "give conversations as messages; where the rows were put through a chat template already, set data.special_tokens: parse", own.Rows);
        }

        if (foreign.Rows * 2 > all)
        {
            notices.Add("foreign-marks",
                n => $"{n} of {Words.Count(all, "row")} {Words.Of(n, "spells", "spell")} marks of a chat format "
                    + "that this model does not have: the model learns their letters", foreign.First,
                "give conversations as messages, which the model's own chat template then shows", foreign.Rows);
        }
    }

    private bool HasEdge(string text) =>
        special.Any(token => text.StartsWith(token, StringComparison.Ordinal) || text.EndsWith(token, StringComparison.Ordinal));

    private static IEnumerable<string> Texts(Example example) => example switch
    {
        PlainText text => [text.Text],
        LabelledText text => text.TextPair is null ? [text.Text] : [text.Text, text.TextPair],
        Conversation conversation => conversation.Messages.Select(message => message.Content ?? ""),
        _ => [],
    };

    private struct Found
    {
        public long Rows { get; private set; }

        public string? First { get; private set; }

        public void Add(RowPlace place, string text)
        {
            Rows++;
            First ??= (place.File is null ? "" : place + ": ") + Excerpt.Of(text);
        }
    }
}
