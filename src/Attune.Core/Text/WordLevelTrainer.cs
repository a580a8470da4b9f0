namespace Attune.Text;

/// <summary>Learns a vocabulary of whole words: the most frequent, of equals the first in code point order.</summary>
internal static class WordLevelTrainer
{
    public static Vocabulary Train(IReadOnlyList<(string Word, long Count)> words, BpeTrainerOptions options)
    {
        var vocabulary = new Vocabulary(options.VocabularySize);
        IEnumerable<string> frequent = words.Where(word => word.Count >= options.MinFrequency)
            .OrderByDescending(word => word.Count).ThenBy(word => word.Word, Comparer<string>.Create(CompareCodePoints)).Select(word => word.Word);
        foreach (string token in options.SpecialTokens.Concat(frequent))
        {
            if (vocabulary.Count < options.VocabularySize)
            {
                vocabulary.TryAdd(token, vocabulary.Count);
            }
        }

        return vocabulary;
    }

    private static int CompareCodePoints(string one, string other) =>
        System.Text.Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(other));
}
