namespace Attune.Text;

/// <summary>
/// Labels of words as labels of tokens, as transformers' run_ner.py makes them (<c>tokenize_and_align_labels</c>). Words are told by their number,
/// never counted: a word may yield no token at all.
/// </summary>
public static class TokenLabels
{
    /// <summary>The label of a token that a loss does not count.</summary>
    public const int Ignored = -100;

    /// <summary>The first token of a word has the word's label, every other token <see cref="Ignored"/>.</summary>
    /// <param name="wordIds">The number of each token's word, from 0; null for tokens that were added.</param>
    /// <param name="wordLabels">The number of each word's label.</param>
    /// <returns>One label a token.</returns>
    /// <exception cref="ArgumentException">A token's word has no label.</exception>
    public static int[] OfFirst(IReadOnlyList<int?> wordIds, IReadOnlyList<int> wordLabels) => Align(wordIds, wordLabels, _ => Ignored);

    /// <summary>Every token of a word has the word's label; from the second on, <c>I-X</c> in place of <c>B-X</c> where there is such a label.</summary>
    /// <param name="wordIds">The number of each token's word, from 0; null for tokens that were added.</param>
    /// <param name="wordLabels">The number of each word's label.</param>
    /// <param name="labels">The labels by number.</param>
    /// <returns>One label a token; <see cref="Ignored"/> for tokens that were added.</returns>
    /// <exception cref="ArgumentException">A token's word has no label.</exception>
    public static int[] OfAll(IReadOnlyList<int?> wordIds, IReadOnlyList<int> wordLabels, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        int[] inside = [.. labels.Select((label, number) => Inside(labels, label, number))];
        return Align(wordIds, wordLabels, label => label >= 0 && label < inside.Length ? inside[label] : label);
    }

    private static int[] Align(IReadOnlyList<int?> wordIds, IReadOnlyList<int> wordLabels, Func<int, int> later)
    {
        ArgumentNullException.ThrowIfNull(wordIds);
        ArgumentNullException.ThrowIfNull(wordLabels);
        int[] aligned = new int[wordIds.Count];
        int? previous = null;
        for (int token = 0; token < aligned.Length; token++)
        {
            int? word = wordIds[token];
            if (word < 0 || word >= wordLabels.Count)
            {
                throw new ArgumentException($"token {token} is part of word {word}, but there are labels of {Words.Count(wordLabels.Count, "word")}", nameof(wordIds));
            }

            aligned[token] = word is { } number ? wordLabels[number] : Ignored;
            if (word is not null && word == previous)
            {
                aligned[token] = later(aligned[token]);
            }

            previous = word;
        }

        return aligned;
    }

    private static int Inside(IReadOnlyList<string> labels, string label, int number)
    {
        if (!label.StartsWith("B-", StringComparison.Ordinal))
        {
            return number;
        }

        string wanted = "I-" + label[2..];
        for (int i = 0; i < labels.Count; i++)
        {
            if (labels[i] == wanted)
            {
                return i;
            }
        }

        return number;
    }
}
