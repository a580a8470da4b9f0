using Attune.Text.Models;
using Attune.Text.Normalizers;
using Attune.Text.PreTokenizers;

namespace Attune.Text;

/// <summary>Learns a WordPiece vocabulary, as the tokenizers library does: byte-pair merges of characters, those within a word with a prefix.</summary>
public static class WordPieceTrainer
{
    private const string Prefix = "##";

    /// <summary>Learns a tokenizer like BERT's.</summary>
    /// <param name="texts">The texts to learn from.</param>
    /// <param name="options">How; <c>[PAD]</c>, <c>[UNK]</c>, <c>[CLS]</c>, <c>[SEP]</c> and <c>[MASK]</c> come first where no special tokens are given.</param>
    /// <param name="lowercase">Takes case and accents off.</param>
    /// <exception cref="AttuneException">The special tokens lack one that the pipeline needs.</exception>
    public static Tokenizer Train(IEnumerable<string> texts, BpeTrainerOptions options, bool lowercase = true)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        if (options.SpecialTokens.Count == 0)
        {
            options = options with { SpecialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] };
        }

        var normalizer = new BertNormalizer(cleanText: true, handleChineseCharacters: true, stripAccents: null, lowercase);
        Vocabulary vocabulary = Train(BpeTrainer.Count(texts, normalizer, new BertPreTokenizer()), options);
        var config = new TokenizerConfig
        {
            DoLowerCase = lowercase,
            Named = options.SpecialTokens.Select(token => new AddedToken(0, token) { Special = true }).ToList(),
        };
        return LegacyTokenizer.MakeWordPiece(vocabulary, config, "the trained tokenizer");
    }

    /// <summary>Learns from words.</summary>
    internal static Vocabulary Train(IReadOnlyList<(string Word, long Count)> words, BpeTrainerOptions options) =>
        BpeTrainer.Train(words, options with { ContinuingSubwordPrefix = Prefix }).Vocabulary;
}
