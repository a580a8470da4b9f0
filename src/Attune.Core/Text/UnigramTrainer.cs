using System.Text;
using Attune.Text.Models;
using Attune.Text.Normalizers;
using Attune.Text.PostProcessors;
using Attune.Text.PreTokenizers;

namespace Attune.Text;

/// <summary>
/// Learns a unigram vocabulary (Kudo 2018): it begins with every stretch of text that repeats, and drops, again and again, those pieces
/// without which the text would be least the worse, until as many are left as were asked for. The result is the same on every run.
/// </summary>
public sealed class UnigramTrainer
{
    private const double LeastExpected = 0.5;
    private const double PenaltyStep = 0.0001;

    private readonly UnigramTrainerOptions options;
    private readonly IReadOnlyList<(string Word, long Count)> words;
    private readonly PieceTrie trie = new();
    private readonly UnigramLattice lattice = new();
    private readonly int[] ranks;

    // The pieces that are left, in order, and their scores; the first is the unknown, which is no text.
    private List<(string Text, int Id)> pieces;
    private List<double> scores;

    private UnigramTrainer(IReadOnlyList<(string Word, long Count)> words, UnigramTrainerOptions options)
    {
        (this.words, this.options) = (words, options);
        List<(string Piece, double Weight)> seeds = UnigramSeeds.Find(words, options.MaxPieceLength, options.SeedSize);
        double total = Math.Log(seeds.Sum(seed => seed.Weight));
        pieces = [("", -1), .. seeds.Select((seed, id) => (seed.Piece, id))];
        scores = [double.NaN, .. seeds.Select(seed => Math.Log(seed.Weight) - total)];
        ranks = new int[seeds.Count];
        for (int id = 0; id < seeds.Count; id++)
        {
            trie.Add(seeds[id].Piece, id);
        }
    }

    /// <summary>Learns a tokenizer whose words begin with a sign for the space before them, like T5's.</summary>
    /// <param name="texts">The texts to learn from.</param>
    /// <param name="options">How; the vocabulary must have room for every character and the special tokens.</param>
    /// <exception cref="AttuneException">The vocabulary is too small, or a token is named that is not among the special ones.</exception>
    public static Tokenizer Train(IEnumerable<string> texts, UnigramTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        string? unnamed = new[] { options.BosToken, options.EosToken, options.PadToken }
            .FirstOrDefault(token => token is not null && !options.SpecialTokens.Contains(token));
        if (unnamed is not null)
        {
            throw new AttuneException(ExitCode.Usage, null, $"\"{unnamed}\" is not among the special tokens");
        }

        INormalizer normalizer = new Nfkc();
        IPreTokenizer words = new Metaspace("▁", PrependScheme.Always, split: true);
        var special = new SpecialTokens { Bos = options.BosToken, Eos = options.EosToken, Pad = options.PadToken, Unknown = options.UnknownToken };
        Unigram model = Train(BpeTrainer.Count(texts, normalizer, words), options);
        var config = new TokenizerConfig { AddBosToken = special.Bos is not null, AddEosToken = special.Eos is not null };
        return new Tokenizer(
            new TokenizerParts
            {
                Normalizer = normalizer,
                PreTokenizer = words,
                Model = model,
                PostProcessor = LegacyTokenizer.Around(special, config, model.Vocabulary, "the trained tokenizer"),
                Decoder = new Decoders.Metaspace("▁", PrependScheme.Always, split: true),
                AddedTokens = options.SpecialTokens.Select(token => new AddedToken(model.Vocabulary.IdOf(token), token) { Special = true }).ToList(),
            },
            special,
            "the trained tokenizer");
    }

    /// <summary>Learns from words.</summary>
    internal static Unigram Train(IReadOnlyList<(string Word, long Count)> words, UnigramTrainerOptions options)
    {
        List<string> characters = words.SelectMany(word => word.Word.EnumerateRunes()).Distinct().OrderBy(rune => rune.Value).Select(rune => rune.ToString()).ToList();
        List<string> first = options.UnknownToken is { } unknown && !options.SpecialTokens.Contains(unknown)
            ? [unknown, .. options.SpecialTokens] : [.. options.SpecialTokens];
        if (characters.Count + first.Count > options.VocabularySize)
        {
            throw new AttuneException(
                ExitCode.Usage, null, $"the text has {characters.Count} characters, so that a vocabulary of {options.VocabularySize} is too small", "raise its size");
        }

        if (characters.Count == 0)
        {
            throw new AttuneException(ExitCode.Usage, null, "there is no text to learn a vocabulary from");
        }

        var trainer = new UnigramTrainer(words, options);
        trainer.Shrink();
        return trainer.Finish(characters, first);
    }

    private void Shrink()
    {
        // A tenth more than is asked for: some of them must give way to characters in the end.
        int wanted = (int)((long)options.VocabularySize * 11 / 10);
        while (true)
        {
            for (int i = 0; i < options.SubIterations; i++)
            {
                Maximise(Expect());
            }

            if (pieces.Count <= wanted)
            {
                return;
            }

            Prune(Math.Max(wanted, (int)(pieces.Count * options.ShrinkingFactor)));
        }
    }

    // How often each piece is used, all ways to cut each word taken together.
    private double[] Expect()
    {
        double least = Rank();
        double[] expected = new double[pieces.Count];
        foreach ((string word, long count) in words)
        {
            lattice.Fill(word, trie, ranks, scores, least);
            lattice.AddExpected(count, expected);
        }

        return expected;
    }

    // The digamma function favours pieces that are used much (Liang and Klein 2007).
    private void Maximise(double[] expected)
    {
        List<int> kept = Enumerable.Range(1, pieces.Count - 1).Where(piece => expected[piece] >= LeastExpected).ToList();
        double total = Digamma(kept.Sum(piece => expected[piece]));
        scores = [double.NaN, .. kept.Select(piece => Digamma(expected[piece]) - total)];
        pieces = [pieces[0], .. kept.Select(piece => pieces[piece])];
    }

    private void Prune(int size)
    {
        double least = Rank();
        List<int>[] alternatives = Alternatives(least, out bool[] needed);
        double[] used = new double[pieces.Count];
        double all = 0;
        foreach ((string word, long count) in words)
        {
            lattice.Fill(word, trie, ranks, scores, least);
            all += count;
            foreach (int piece in lattice.BestTwo().Best)
            {
                used[piece] += count;
            }
        }

        double sum = used.Sum();
        var kept = new List<int> { 0 };
        var candidates = new List<(int Piece, double Loss)>();
        for (int piece = 1; piece < pieces.Count; piece++)
        {
            if (alternatives[piece].Count == 0)
            {
                if (used[piece] > 0 || needed[piece])
                {
                    kept.Add(piece);
                }
            }
            else if (used[piece] > 0)
            {
                // As if every use of the piece became one of its alternatives. That the sum grows by as many uses as there are pieces, not
                // alternatives, is how the tokenizers library has it (huggingface/tokenizers issue 2069), and decides which pieces stay.
                double before = Math.Log(used[piece]) - Math.Log(sum);
                double total = Math.Log(sum + (used[piece] * (pieces.Count - 1)));
                double after = alternatives[piece].Sum(other => Math.Log(used[other] + used[piece]) - total);
                candidates.Add((piece, used[piece] / all * (before - after)));
            }
        }

        foreach ((int piece, _) in candidates.OrderByDescending(candidate => candidate.Loss))
        {
            if (kept.Count == size)
            {
                break;
            }

            kept.Add(piece);
        }

        scores = kept.ConvertAll(piece => scores[piece]);
        pieces = kept.ConvertAll(piece => pieces[piece]);
    }

    // How each piece would be spelled without itself; nothing where it cannot be, or is not spelled by itself now.
    private List<int>[] Alternatives(double least, out bool[] needed)
    {
        var alternatives = new List<int>[pieces.Count];
        needed = new bool[pieces.Count];
        for (int piece = 1; piece < pieces.Count; piece++)
        {
            lattice.Fill(pieces[piece].Text, trie, ranks, scores, least);
            (List<int> best, List<int>? second) = lattice.BestTwo();
            needed[piece] = second is null || best.Count == 1;
            alternatives[piece] = best.Count == 1 && second is not null ? second : [];
        }

        return alternatives;
    }

    // Says the trie which pieces are left; gives the least score.
    private double Rank()
    {
        Array.Clear(ranks);
        double least = double.PositiveInfinity;
        for (int piece = 1; piece < pieces.Count; piece++)
        {
            ranks[pieces[piece].Id] = piece;
            least = Math.Min(least, scores[piece]);
        }

        return least;
    }

    // Every character is spelled by a piece of its own, be it an unlikely one.
    private Unigram Finish(List<string> characters, List<string> first)
    {
        double least = scores.Skip(1).DefaultIfEmpty(0).Min();
        var known = new Dictionary<string, double>(StringComparer.Ordinal);
        for (int piece = 1; piece < pieces.Count; piece++)
        {
            known[pieces[piece].Text] = scores[piece];
        }

        double penalty = 0;
        var chosen = new List<(string Text, double Score)>();
        var inserted = new HashSet<string>(characters.Concat(first), StringComparer.Ordinal);
        foreach (string character in characters.Except(first))
        {
            chosen.Add((character, known.TryGetValue(character, out double score) ? score : least + penalty));
            penalty += known.ContainsKey(character) ? 0 : PenaltyStep;
        }

        chosen.AddRange(pieces.Skip(1).Where(piece => inserted.Add(piece.Text)).Select(piece => (piece.Text, known[piece.Text]))
            .Take(options.VocabularySize - first.Count - chosen.Count));
        List<(string Text, double Score)> all = [.. first.Select(token => (token, 0.0)), .. chosen.OrderByDescending(piece => piece.Score)];
        var vocabulary = new Vocabulary(all.Count + 1);
        for (int id = 0; id < all.Count; id++)
        {
            vocabulary.TryAdd(all[id].Text, id);
        }

        int? unknown = options.UnknownToken is null ? null : first.IndexOf(options.UnknownToken);
        return new Unigram(vocabulary, all.Select(piece => piece.Score).ToArray(), unknown, byteFallback: false);
    }

    private static double Digamma(double x)
    {
        double result = 0;
        for (; x < 7; x++)
        {
            result -= 1 / x;
        }

        x -= 0.5;
        double y = 1 / (x * x);
        return result + Math.Log(x) + (y / 24) - (7.0 / 960 * y * y) + (31.0 / 8064 * y * y * y) - (127.0 / 30720 * y * y * y * y);
    }
}
