namespace Attune.Text;

/// <summary>Whether a text's tokens begin with those that a prompt, with which the text begins, has by itself.</summary>
internal static class PromptTokens
{
    /// <summary>How many tokens the prompt has, where the text's tokens begin with just those; null where they do not.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="joint">The whole text's tokens.</param>
    /// <param name="prompt">The prompt, with which the text begins.</param>
    /// <param name="plain">The user's parts of it.</param>
    public static int? CountIn(Tokenizer tokenizer, Encoding joint, string prompt, IReadOnlyList<TextRange> plain)
    {
        // What stands before a special token is encoded without regard to what comes behind, so that only the rest need be compared.
        TextRange[] offsets = joint.Offsets;
        int length = prompt.Length;
        int same = joint.Count - 1;
        while (same >= 0 && (offsets[same].End > length || !tokenizer.Separates(joint.IdSpan[same])))
        {
            same--;
        }

        int start = same < 0 ? 0 : offsets[same].Start;
        same = Math.Max(same, 0);
        ReadOnlySpan<int> rest = tokenizer.Encode(prompt[start..], From(plain, start), addSpecialTokens: false).IdSpan;
        int count = same + rest.Length;
        bool begins = count <= joint.Count && joint.IdSpan[same..count].SequenceEqual(rest);

        // Where a token stands for what the vocabulary lacks, equal ids need not be equal texts.
        return begins && (count == 0 || offsets[count - 1].End <= length) ? count : null;
    }

    /// <summary>Stretches of a text as those of its rest.</summary>
    /// <param name="spans">The stretches.</param>
    /// <param name="start">Where the rest begins.</param>
    public static TextRange[] From(IReadOnlyList<TextRange> spans, int start) =>
        start == 0 ? [.. spans]
        : [.. spans.Where(span => span.End > start).Select(span => new TextRange(Math.Max(0, span.Start - start), span.End - start))];
}
