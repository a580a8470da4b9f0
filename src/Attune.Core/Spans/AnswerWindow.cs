using Attune.Text;

namespace Attune.Spans;

/// <summary>One window of a question and its context with what a model said of it; all lists have one entry a token.</summary>
public sealed record AnswerWindow
{
    /// <summary>The model's score before the softmax for an answer's first token at each place. At place 0 it is that of no answer.</summary>
    public required IReadOnlyList<float> StartLogits { get; init; }

    /// <summary>The model's score before the softmax for an answer's last token at each place.</summary>
    public required IReadOnlyList<float> EndLogits { get; init; }

    /// <summary>Where each token is in its text, in UTF-16 units.</summary>
    public required IReadOnlyList<TextRange> Offsets { get; init; }

    /// <summary>Whether a token is of the context.</summary>
    public required IReadOnlyList<bool> IsContext { get; init; }

    /// <summary>The number of each token's word within its text; null for tokens that were added.</summary>
    public required IReadOnlyList<int?> WordIds { get; init; }

    /// <summary>
    /// The tokens over which <see cref="AnswerSpans"/> takes its softmax (transformers' <c>p_mask</c> is 0): the context's, and the token that
    /// stands for no answer.
    /// </summary>
    public required IReadOnlyList<bool> Counts { get; init; }

    /// <summary>The window that an encoding of question and context is (and, each, those in <see cref="Encoding.Overflowing"/>).</summary>
    /// <param name="encoding">The encoding: question first, context second.</param>
    /// <param name="startLogits">The model's scores for an answer's first token.</param>
    /// <param name="endLogits">The model's scores for an answer's last token.</param>
    /// <param name="noAnswerId">The id of the token that stands for no answer ([CLS]); null for none.</param>
    public static AnswerWindow From(Encoding encoding, IReadOnlyList<float> startLogits, IReadOnlyList<float> endLogits, int? noAnswerId)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        bool[] isContext = Array.ConvertAll(encoding.SequenceIds, sequence => sequence == 1);
        return new AnswerWindow
        {
            StartLogits = startLogits,
            EndLogits = endLogits,
            Offsets = encoding.Offsets,
            IsContext = isContext,
            WordIds = encoding.WordIds,
            Counts = [.. encoding.Ids.Zip(isContext, (id, isContext) => isContext || id == noAnswerId)],
        };
    }

    /// <summary>Refuses lists of different lengths and places outside of the context.</summary>
    internal void Check(string context)
    {
        int count = Offsets.Count;
        bool isWhole = StartLogits.Count == count && EndLogits.Count == count && IsContext.Count == count && WordIds.Count == count && Counts.Count == count;
        if (!isWhole || count == 0)
        {
            throw new ArgumentException($"a window of {Words.Count(count, "token")} needs at least one, and as many of everything", nameof(context));
        }

        for (int token = 0; token < count; token++)
        {
            TextRange range = Offsets[token];
            if (IsContext[token] && (range.Start < 0 || range.End < range.Start || range.End > context.Length))
            {
                throw new ArgumentException($"token {token} is not in the context", nameof(context));
            }
        }
    }
}
