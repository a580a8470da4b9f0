using Attune.Text;

namespace Attune.Spans;

/// <summary>One window of a text's tokens with what a token classifier said of them; all lists have one entry a token.</summary>
public sealed record EntityWindow
{
    /// <summary>The ids in the vocabulary.</summary>
    public required IReadOnlyList<int> Ids { get; init; }

    /// <summary>The tokens, as the vocabulary spells them.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>Where each token is in the whole text, in UTF-16 units.</summary>
    public required IReadOnlyList<TextRange> Offsets { get; init; }

    /// <summary>1 for tokens that the tokenizer added, which are never part of an entity, 0 for those of the text.</summary>
    public required IReadOnlyList<int> SpecialTokensMask { get; init; }

    /// <summary>The model's scores before the softmax, [tokens, labels] row by row.</summary>
    public required ReadOnlyMemory<float> Logits { get; init; }

    /// <summary>The window that an encoding is (and, each, those in <see cref="Encoding.Overflowing"/>).</summary>
    /// <param name="encoding">The encoding of the text.</param>
    /// <param name="logits">The model's scores before the softmax, [tokens, labels] row by row.</param>
    public static EntityWindow From(Encoding encoding, ReadOnlyMemory<float> logits)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        return new EntityWindow
        {
            Ids = encoding.Ids,
            Tokens = encoding.Tokens,
            Offsets = encoding.Offsets,
            SpecialTokensMask = encoding.SpecialTokensMask,
            Logits = logits,
        };
    }
}
