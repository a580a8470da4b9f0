using System.Runtime.InteropServices;
using System.Text;
using Attune.Text.Models;
using Attune.Text.Normalizers;
using Attune.Text.PreTokenizers;

namespace Attune.Text;

/// <summary>
/// Learns a byte-pair vocabulary: the most frequent pair of neighbouring tokens becomes a token, again and again; of equally frequent
/// pairs that of the lower ids.
/// </summary>
public sealed class BpeTrainer
{
    private readonly BpeTrainerOptions options;
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly List<string> tokens = [];
    private readonly List<Word> words = [];
    private readonly Dictionary<(int Left, int Right), long> counts = [];
    private readonly PriorityQueue<Candidate, Candidate> queue = new(Comparer<Candidate>.Create(Candidate.Compare));

    private BpeTrainer(BpeTrainerOptions options) => this.options = options;

    /// <summary>
    /// Learns a byte-level tokenizer, like GPT-2's: words are cut before they are spelled in bytes, so that every text can be encoded and
    /// decoded without loss. The result is the same on every run.
    /// </summary>
    /// <param name="texts">The texts to learn from.</param>
    /// <param name="options">How; the vocabulary must have room for the 256 bytes and the special tokens.</param>
    /// <exception cref="AttuneException">The vocabulary is too small.</exception>
    public static Tokenizer TrainByteLevel(IEnumerable<string> texts, BpeTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        if (options.VocabularySize < 256 + options.SpecialTokens.Count)
        {
            throw new AttuneException(
                ExitCode.Usage, null, $"a byte-level vocabulary needs 256 tokens and one for each special token (got {options.VocabularySize})", "raise its size");
        }

        string? unnamed = new[] { options.BosToken, options.EosToken, options.PadToken }
            .FirstOrDefault(token => token is not null && !options.SpecialTokens.Contains(token));
        if (unnamed is not null)
        {
            throw new AttuneException(ExitCode.Usage, null, $"\"{unnamed}\" is not among the special tokens");
        }

        IPreTokenizer words = new PreTokenizers.ByteLevel(addPrefixSpace: false, trimOffsets: true, useRegex: true);
        options = options with { InitialAlphabet = ByteAlphabet.Characters.ToArray().Select(character => (int)character).ToArray() };
        (Vocabulary vocabulary, List<Merge> merges) = Train(Count(texts, null, words), options);
        return new Tokenizer(
            new TokenizerParts
            {
                PreTokenizer = words,
                Model = new Bpe(vocabulary, merges, new BpeSettings(), "the trained tokenizer"),
                Decoder = new Decoders.ByteLevel(addPrefixSpace: true, trimOffsets: true, useRegex: true),
                AddedTokens = options.SpecialTokens.Select((token, id) => new AddedToken(id, token) { Special = true }).ToList(),
            },
            new SpecialTokens { Bos = options.BosToken, Eos = options.EosToken, Pad = options.PadToken },
            "the trained tokenizer");
    }

    /// <summary>The words of texts, with how often each comes, in the order in which they first come.</summary>
    internal static IReadOnlyList<(string Word, long Count)> Count(IEnumerable<string> texts, INormalizer? normalizer, IPreTokenizer? preTokenizer)
    {
        var counted = new Dictionary<string, int>(StringComparer.Ordinal);
        var known = counted.GetAlternateLookup<ReadOnlySpan<char>>();
        var words = new List<(string Word, long Count)>();
        foreach (string text in texts)
        {
            var aligned = new AlignedText(text);
            aligned = normalizer?.Normalize(aligned) ?? aligned;
            var pieces = new PreTokenizedText();
            pieces.Add(new Piece(aligned, 0, aligned.Length, -1));
            preTokenizer?.PreTokenize(pieces);
            foreach (Piece piece in pieces.Pieces)
            {
                if (!known.TryGetValue(piece.Text, out int at))
                {
                    at = words.Count;
                    known[piece.Text] = at;
                    words.Add((piece.Text.ToString(), 0));
                }

                CollectionsMarshal.AsSpan(words)[at].Count++;
            }
        }

        return words;
    }

    /// <summary>Learns from words: the vocabulary, and the merges, best first.</summary>
    internal static (Vocabulary Vocabulary, List<Merge> Merges) Train(
        IReadOnlyList<(string Word, long Count)> words, BpeTrainerOptions options)
    {
        var trainer = new BpeTrainer(options);
        options.SpecialTokens.ToList().ForEach(token => trainer.IdOf(token));
        trainer.AddAlphabet(words);
        trainer.AddWords(words);
        List<Merge> merges = trainer.MergeAll();
        var vocabulary = new Vocabulary(trainer.tokens.Count);
        for (int id = 0; id < trainer.tokens.Count; id++)
        {
            vocabulary.TryAdd(trainer.tokens[id], id);
        }

        return (vocabulary, merges);
    }

    private int IdOf(string token)
    {
        if (!ids.TryGetValue(token, out int id))
        {
            id = tokens.Count;
            tokens.Add(token);
            ids.Add(token, id);
        }

        return id;
    }

    private void AddAlphabet(IReadOnlyList<(string Word, long Count)> all)
    {
        var alphabet = new Dictionary<int, long>();
        foreach ((string word, long count) in all)
        {
            foreach (Rune rune in word.EnumerateRunes())
            {
                CollectionsMarshal.GetValueRefOrAddDefault(alphabet, rune.Value, out _) += count;
            }
        }

        foreach (int codePoint in options.InitialAlphabet)
        {
            alphabet[codePoint] = long.MaxValue;
        }

        IEnumerable<int> kept = alphabet.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key)
            .Take(options.LimitAlphabet ?? int.MaxValue).Select(entry => entry.Key).Order();
        foreach (int codePoint in kept)
        {
            IdOf(new Rune(codePoint).ToString());
        }
    }

    private void AddWords(IReadOnlyList<(string Word, long Count)> all)
    {
        foreach ((string text, long count) in all)
        {
            var symbols = new List<Symbol>();
            int at = 0;
            foreach (Rune rune in text.EnumerateRunes())
            {
                bool first = at == 0;
                at += rune.Utf16SequenceLength;
                string token = rune.ToString();
                if (ids.ContainsKey(token))
                {
                    token = (first ? "" : options.ContinuingSubwordPrefix) + token + (at == text.Length ? options.EndOfWordSuffix : "");
                    symbols.Add(new Symbol(IdOf(token), 1));
                }
            }

            words.Add(new Word(symbols, count));
        }
    }

    private List<Merge> MergeAll()
    {
        var found = new Dictionary<(int, int), List<int>>();
        for (int w = 0; w < words.Count; w++)
        {
            List<Symbol> symbols = words[w].Symbols;
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                Note(found, (symbols[i].Id, symbols[i + 1].Id), w, words[w].Count);
            }
        }

        Offer(found);
        var ranks = new Dictionary<(int Left, int Right), int>();
        for (int rank = 0; tokens.Count < options.VocabularySize && queue.TryDequeue(out Candidate top, out _);)
        {
            long count = counts[top.Pair];
            if (top.Count != count)
            {
                Enqueue(top with { Count = count });
                continue;
            }

            if (count < 1 || count < options.MinFrequency)
            {
                break;
            }

            string right = tokens[top.Pair.Right];
            string prefix = options.ContinuingSubwordPrefix;
            int merged = IdOf(tokens[top.Pair.Left] + (right.StartsWith(prefix, StringComparison.Ordinal) ? right[prefix.Length..] : right));
            ranks[top.Pair] = rank++;
            found.Clear();
            foreach (int w in top.Words)
            {
                Join(w, top.Pair, merged, found);
            }

            Offer(found);
        }

        return ranks.OrderBy(entry => entry.Value).Select(entry => new Merge(entry.Key.Left, entry.Key.Right)).ToList();
    }

    private void Join(int w, (int Left, int Right) pair, int merged, Dictionary<(int, int), List<int>> found)
    {
        Word word = words[w];
        List<Symbol> symbols = word.Symbols;
        for (int i = 0; i + 1 < symbols.Count; i++)
        {
            if (symbols[i].Id != pair.Left || symbols[i + 1].Id != pair.Right)
            {
                continue;
            }

            var symbol = new Symbol(merged, symbols[i].Length + symbols[i + 1].Length);
            if (i > 0)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, (symbols[i - 1].Id, pair.Left), out _) -= word.Count;
                if (Fits(symbols[i - 1], symbol))
                {
                    Note(found, (symbols[i - 1].Id, merged), w, word.Count);
                }
            }

            symbols[i] = symbol;
            symbols.RemoveAt(i + 1);
            if (i + 1 < symbols.Count)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, (pair.Right, symbols[i + 1].Id), out _) -= word.Count;
                if (Fits(symbols[i + 1], symbol))
                {
                    Note(found, (merged, symbols[i + 1].Id), w, word.Count);
                }
            }
        }
    }

    private bool Fits(Symbol first, Symbol second) => first.Length + second.Length < (options.MaxTokenLength ?? int.MaxValue);

    private void Note(Dictionary<(int, int), List<int>> found, (int, int) pair, int w, long count)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(counts, pair, out _) += count;
        ref List<int>? places = ref CollectionsMarshal.GetValueRefOrAddDefault(found, pair, out _);
        places ??= [];
        if (places.Count == 0 || places[^1] != w)
        {
            places.Add(w);
        }
    }

    private void Offer(Dictionary<(int Left, int Right), List<int>> found)
    {
        foreach (((int, int) pair, List<int> places) in found)
        {
            if (counts[pair] > 0)
            {
                Enqueue(new Candidate(pair, counts[pair], places));
            }
        }
    }

    private void Enqueue(Candidate candidate) => queue.Enqueue(candidate, candidate);

    private readonly record struct Symbol(int Id, int Length);

    private sealed record Word(List<Symbol> Symbols, long Count);

    private readonly record struct Candidate((int Left, int Right) Pair, long Count, List<int> Words)
    {
        public static int Compare(Candidate one, Candidate other) =>
            one.Count != other.Count ? other.Count.CompareTo(one.Count) : one.Pair.CompareTo(other.Pair);
    }
}
