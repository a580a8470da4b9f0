using Attune.Text;

namespace Attune.Data;

/// <summary>A token as a person looks at it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">The text that it adds; empty where a character is not yet complete (the token that completes it has it).</param>
/// <param name="Trained">Whether the model learns to write it.</param>
/// <param name="Special">Whether it is a special token.</param>
/// <param name="Cut">Whether it is beyond the most tokens that a row may have.</param>
public readonly record struct TokenView(int Id, string Text, bool Trained, bool Special, bool Cut);

/// <summary>A row as the model will see it, for people: which tokens, which of them are trained, which are cut off.</summary>
/// <param name="Place">Where its example stands.</param>
/// <param name="Tokens">All tokens, also those that are cut off.</param>
public sealed record RowView(RowPlace Place, IReadOnlyList<TokenView> Tokens)
{
    /// <summary>What a classifier is to say of the row; null: it is a row to be written.</summary>
    public string? Label { get; init; }

    /// <summary>Tokens that are kept.</summary>
    public int Kept => Tokens.Count(token => !token.Cut);

    /// <summary>Tokens that are kept and trained; 0: the row is left out.</summary>
    public int Trained => Tokens.Count(token => token is { Trained: true, Cut: false });

    /// <summary>The views of an example's rows: one, or one for each reply where its template wants that.</summary>
    /// <param name="example">The example.</param>
    /// <param name="encoder">The model's tokenizer and template.</param>
    /// <param name="tokenizer">The same tokenizer.</param>
    /// <param name="notices">Takes what a user should know of the example; null: nobody asks.</param>
    /// <exception cref="AttuneException">The template refuses the conversation.</exception>
    public static IReadOnlyList<RowView> Of(Example example, RowEncoder encoder, Tokenizer tokenizer, Notices? notices = null) =>
        [.. (example is LabelledText text ? [encoder.EncodeText(text.Text, text.TextPair, text.Label)] : encoder.Encode(example, notices)).Select(row => Of(row, example.Place, tokenizer, encoder.Options.MaxTokens))];

    /// <summary>The view of a row.</summary>
    /// <param name="row">Its tokens.</param>
    /// <param name="place">Where its example stands.</param>
    /// <param name="tokenizer">Turns tokens into text.</param>
    /// <param name="maxTokens">Tokens behind so many are shown as cut off.</param>
    public static RowView Of(TokenRow row, RowPlace place, Tokenizer tokenizer, int maxTokens = int.MaxValue)
    {
        StreamDecoder decoder = tokenizer.CreateStreamDecoder(skipSpecialTokens: false);
        var tokens = new TokenView[row.Ids.Length];
        for (int i = 0; i < tokens.Length; i++)
        {
            string text = decoder.Push(row.Ids[i]) ?? "";
            text += i == tokens.Length - 1 ? decoder.Flush() : "";
            tokens[i] = new TokenView(row.Ids[i], text, row.Trained[i], tokenizer.IsSpecial(row.Ids[i]), i >= maxTokens);
        }

        return new RowView(place, tokens) { Label = row.Label };
    }
}
