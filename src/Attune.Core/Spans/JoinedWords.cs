using Attune.Text;

namespace Attune.Spans;

/// <summary>Words as one text, which places within words are told in: the <c>delimiter</c> of transformers' token-classification pipeline.</summary>
public sealed class JoinedWords
{
    private readonly int[] starts;

    /// <summary>Joins words.</summary>
    /// <param name="words">The words; an empty one keeps its delimiter.</param>
    /// <param name="delimiter">What stands between two.</param>
    public JoinedWords(IReadOnlyList<string> words, string delimiter = " ")
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(delimiter);
        Text = string.Join(delimiter, words);
        starts = new int[words.Count];
        for (int word = 1; word < starts.Length; word++)
        {
            starts[word] = starts[word - 1] + words[word - 1].Length + delimiter.Length;
        }
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Places within words as places in the text, in UTF-16 units; those of no word stay as they are.</summary>
    /// <param name="offsets">Where each token is in its word.</param>
    /// <param name="wordIds">The number of each token's word; null for tokens that were added.</param>
    /// <exception cref="ArgumentException">The lists are not of one length, or there is no such word.</exception>
    public TextRange[] InText(IReadOnlyList<TextRange> offsets, IReadOnlyList<int?> wordIds)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(wordIds);
        if (offsets.Count != wordIds.Count || wordIds.Any(word => word < 0 || word >= starts.Length))
        {
            throw new ArgumentException("each token has one place, and a word that is there", nameof(wordIds));
        }

        return [.. offsets.Zip(wordIds, (range, word) => word is { } number ? new TextRange(range.Start + starts[number], range.End + starts[number]) : range)];
    }
}
