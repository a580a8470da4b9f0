using System.Text.Json;
using Attune.Text;

namespace Attune.Data;

/// <summary>Turns examples into rows of tokens: conversations by the model's chat template, plain text as it is, labelled texts as encoders read them. Threads may share one.</summary>
public sealed class RowEncoder
{
    private readonly Tokenizer _tokenizer;
    private readonly ChatEncoder? _chat;

    /// <summary>Creates an encoder.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="template">The model's chat template; null: it has none, and conversations are refused.</param>
    /// <param name="options">How.</param>
    public RowEncoder(Tokenizer tokenizer, ChatTemplate? template, EncodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxTokens, 2);
        _tokenizer = tokenizer;
        _chat = template is null ? null : new ChatEncoder(template, tokenizer, options.Clock, options.ParsesSpecialTokens);
        Options = options;
        EndTokens = (options.EndTokens.Count > 0 ? options.EndTokens : tokenizer.EosTokenId is { } end ? [end] : []).ToHashSet();
    }

    /// <summary>How examples become rows.</summary>
    public EncodeOptions Options { get; }

    internal Tokenizer Tokenizer => _tokenizer;

    /// <summary>How many tokens the model knows: a row with a token beyond is refused; null: nobody says.</summary>
    public int? KnownTokens { get; set; }

    /// <summary>The tokens that end a text or a turn.</summary>
    public IReadOnlySet<int> EndTokens { get; }

    /// <summary>
    /// The rows of an example, whole: not yet cut to <see cref="EncodeOptions.MaxTokens"/>. A conversation is one row, or one for each
    /// reply where its template wants that; a text is one row that ends with the end token, all but its first token trained.
    /// </summary>
    /// <param name="example">The example.</param>
    /// <param name="notices">Takes what a user should know of it; null: nobody asks.</param>
    /// <returns>No row where nothing is to be trained.</returns>
    /// <exception cref="AttuneException">The template refuses the conversation, or there is none.</exception>
    public IReadOnlyList<TokenRow> Encode(Example example, Notices? notices = null)
    {
        var rows = Rows(example, notices);
        foreach (TokenRow row in KnownTokens is null ? [] : rows)
        {
            if (Array.FindIndex(row.Ids, id => id >= KnownTokens) is int place and >= 0)
            {
                throw new AttuneException(ExitCode.BadData, null, $"token {place + 1} is {row.Ids[place]} ({_tokenizer.TokenOf(row.Ids[place])}), but the model knows {KnownTokens} tokens",
                    "use the model's own tokenizer, or give a new model as many tokens (model.config.vocab_size)");
            }
        }

        return rows;
    }

    private IReadOnlyList<TokenRow> Rows(Example example, Notices? notices) => example switch
    {
        LabelledText when !Options.IsLabelled => throw new AttuneException(ExitCode.Usage, null, "the rows have labels, which this task does not learn",
            "take `task: text-classification`, or leave out data.format and map the text alone"),
        Conversation or PlainText when Options.IsLabelled => throw new AttuneException(ExitCode.Usage, null, "the rows have no labels, which classification learns",
            "map the columns: data.map: { text: \"{review}\", label: \"{sentiment}\" }"),
        Conversation conversation when Templated(conversation) is { } pair => [Encode(pair.Prompt, pair.Completion)],
        Conversation conversation => Encode(conversation, notices),
        PlainText text => [Encode(text)],
        LabelledText text => [Encode(text.Text, text.TextPair, text.Label, null)],
        _ => throw new ArgumentException($"{example.GetType().Name} is not turned into tokens by this encoder", nameof(example)),
    };

    /// <summary>The row of a text, or of two, as encoders read it: with what the tokenizer puts around texts, cut to <see cref="EncodeOptions.MaxTokens"/>, the longer text first.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">The second one; null: there is none.</param>
    /// <param name="label">What a classifier is to say of it; null: nothing is known.</param>
    public TokenRow EncodeText(string text, string? pair = null, string? label = null) => Encode(text, pair, label, new Truncation(Options.MaxTokens));

    /// <summary>Encodes many texts by themselves, side by side.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>A row for each, in their order.</returns>
    public IReadOnlyList<TokenRow> EncodeTexts(IReadOnlyList<string> texts) =>
        [.. _tokenizer.EncodeBatch(texts, new EncodingOptions { IsPlain = true, Truncation = new Truncation(Options.MaxTokens) }).Select(encoding => ToRow(encoding, null))];

    private TokenRow Encode(string text, string? pair, string? label, Truncation? truncation)
    {
        var options = new EncodingOptions { IsPlain = true, Truncation = truncation };
        var encoding = pair is null ? _tokenizer.EncodeBatch([text], options)[0] : _tokenizer.EncodeBatch([(text, pair)], options)[0];
        return ToRow(encoding, label);
    }

    private static TokenRow ToRow(Encoding encoding, string? label) =>
        new(encoding.Ids, new bool[encoding.Ids.Length]) { Label = label, TypeIds = encoding.TypeIds.Any(type => type != 0) ? encoding.TypeIds : null };

    private IReadOnlyList<TokenRow> Encode(Conversation conversation, Notices? notices)
    {
        ChatEncoder chat = _chat ?? throw new AttuneException(ExitCode.Usage, null, "the model has no chat template, so that it cannot be tuned on conversations",
            "take a model tuned for chat, or give plain text");
        return chat.Encode(conversation.Messages, new ChatTemplateArguments
        {
            Tools = conversation.Tools,
            Variables = conversation.Variables?.EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value),
        }, notices, conversation.Place.File is null ? null : conversation.Place.ToString());
    }

    private TokenRow Encode(PlainText text)
    {
        int[] ids = Ended(Beginning(text.Text), text.Text);
        bool[] trained = new bool[ids.Length];
        trained.AsSpan(Math.Min(1, ids.Length)).Fill(true);
        return new TokenRow(ids, trained);
    }

    // A prompt and its completion that were put through a chat template before: the prompt as a model goes on from it, and what it writes.
    private TokenRow Encode(string prompt, string completion)
    {
        int[] before = Beginning(prompt);
        int[] ids = Ended([.. before, .. _tokenizer.EncodeContinuation(completion, []).IdSpan], completion);
        bool[] trained = new bool[ids.Length];
        trained.AsSpan(before.Length).Fill(true);
        return new TokenRow(ids, trained);
    }

    private (string Prompt, string Completion)? Templated(Conversation conversation)
    {
        if (!Options.ParsesSpecialTokens || conversation.Messages is not [{ Role: "user", Content: { } prompt }, { Role: "assistant", Content: { } completion }])
        {
            return null;
        }

        int first = _tokenizer.Encode(prompt.TrimStart(), addSpecialTokens: false).Ids.FirstOrDefault(-1);
        return _tokenizer.IsSpecial(first) ? (prompt, completion) : null;
    }

    private int[] Beginning(string text) => Options.ParsesSpecialTokens ? _tokenizer.EncodeParsed(text)
        : _tokenizer.Encode(text, [new TextRange(0, text.Length)], addSpecialTokens: true).Ids;

    // A special token with which the text ends by itself, perhaps with white space behind it, is not followed by another.
    private int[] Ended(int[] ids, string text)
    {
        bool isEnded = ids.Length > 0 && ids[^1] == _tokenizer.EosTokenId;
        if (Options.ParsesSpecialTokens && !isEnded && ids.Length > 0)
        {
            int last = _tokenizer.Encode(text.TrimEnd(), addSpecialTokens: false).Ids.LastOrDefault(-1);
            isEnded = _tokenizer.IsSpecial(last);
        }

        return _tokenizer.EosTokenId is { } end && !isEnded ? [.. ids, end] : ids;
    }
}
