using System.Text.Json;
using Attune.Text;
using Attune.Text.Models;
using Attune.Text.Normalizers;
using Attune.Text.PreTokenizers;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>tokenizer-train</c>: a vocabulary learned from a text.</summary>
internal sealed class TokenizerTrainCheck : IFixtureCheck
{
    public string Kind => "tokenizer-train";

    public FixtureResult Check(Fixture fixture)
    {
        INormalizer? normalizer = Part(fixture, "normalizer") is { } n ? NormalizerReader.Read(n) : null;
        IPreTokenizer? preTokenizer = Part(fixture, "pre_tokenizer") is { } p ? PreTokenizerReader.Read(p) : null;
        string[] lines = File.ReadAllText(fixture.ResolveKey("text")!).Split('\n');
        IReadOnlyList<(string Word, long Count)> words = BpeTrainer.Count(lines, normalizer, preTokenizer);
        List<Merge> merges = [];
        Vocabulary vocabulary;
        switch (fixture.Text("model"))
        {
            case "BPE":
                (vocabulary, merges) = BpeTrainer.Train(words, Options(fixture));
                break;
            case "WordPiece":
                vocabulary = WordPieceTrainer.Train(words, Options(fixture));
                break;
            case "Unigram":
                return Compare(UnigramTrainer.Train(words, UnigramOptions(fixture)), fixture);
            case "WordLevel":
                vocabulary = WordLevelTrainer.Train(words, Options(fixture));
                break;
            default:
                return FixtureResult.Skip($"training {fixture.Text("model")} is not there yet");
        }

        JsonElement expected = fixture.ReadJsonFile("expected.json");
        List<string> wanted = expected.GetProperty("vocab").EnumerateArray().Select(token => token.GetString()!).ToList();
        List<string> learned = Enumerable.Range(0, vocabulary.IdBound).Select(id => vocabulary.TokenOf(id)!).ToList();
        if (!fixture.Is("deterministic"))
        {
            return Overlap(learned, wanted, fixture.Json.GetProperty("least_overlap").GetDouble());
        }

        return Same("token", learned, wanted) ?? Same(
            "merge",
            merges.Select(merge => vocabulary.TokenOf(merge.Left) + " " + vocabulary.TokenOf(merge.Right)).ToList(),
            !expected.TryGetProperty("merges", out JsonElement pairs) ? [] : pairs.EnumerateArray().Select(merge => merge[0].GetString() + " " + merge[1].GetString()).ToList()) ?? FixtureResult.Ok;
    }

    private static UnigramTrainerOptions UnigramOptions(Fixture fixture)
    {
        JsonElement trainer = fixture.Json.GetProperty("trainer");
        return new UnigramTrainerOptions
        {
            VocabularySize = trainer.GetProperty("vocab_size").GetInt32(),
            SpecialTokens = trainer.GetProperty("special_tokens").EnumerateArray().Select(token => token.GetString()!).ToList(),
            UnknownToken = trainer.GetProperty("unk_token").GetString(),
            ShrinkingFactor = trainer.GetProperty("shrinking_factor").GetDouble(),
            SubIterations = trainer.GetProperty("n_sub_iterations").GetInt32(),
            MaxPieceLength = trainer.GetProperty("max_piece_length").GetInt32(),
        };
    }

    // The pieces as a set, and the scores of those in common.
    private static FixtureResult Compare(Unigram model, Fixture fixture)
    {
        List<(string Piece, double Score)> wanted = fixture.ReadJsonFile("expected.json").GetProperty("vocab").EnumerateArray()
            .Select(piece => (piece[0].GetString()!, piece[1].GetDouble())).ToList();
        List<string> learned = Enumerable.Range(0, model.Vocabulary.IdBound).Select(id => model.Vocabulary.TokenOf(id)!).ToList();
        string? wrong = wanted.Where(piece => model.Vocabulary.IdOf(piece.Piece.AsSpan()) is >= 0 and var id && Math.Abs(model.ScoreOf(id) - piece.Score) > fixture.Tolerance.For(Math.Abs(piece.Score)))
            .Select(piece => $"\"{piece.Piece}\" has the score {model.ScoreOf(model.Vocabulary.IdOf(piece.Piece.AsSpan()))} instead of {piece.Score}").FirstOrDefault();
        FixtureResult overlap = Overlap(learned, wanted.ConvertAll(piece => piece.Piece), fixture.Json.GetProperty("least_overlap").GetDouble());
        return overlap.Outcome == FixtureOutcome.Ok && wrong is not null ? FixtureResult.Fail(wrong) : overlap;
    }

    private static BpeTrainerOptions Options(Fixture fixture)
    {
        JsonElement trainer = fixture.Json.GetProperty("trainer");
        int? Int(string key) => trainer.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;
        string Text(string key) => trainer.TryGetProperty(key, out JsonElement value) ? value.GetString() ?? "" : "";
        return new BpeTrainerOptions
        {
            VocabularySize = Int("vocab_size") ?? 30_000,
            MinFrequency = Int("min_frequency") ?? 0,
            MaxTokenLength = Int("max_token_length"),
            LimitAlphabet = Int("limit_alphabet"),
            SpecialTokens = trainer.GetProperty("special_tokens").EnumerateArray().Select(token => token.GetString()!).ToList(),
            ContinuingSubwordPrefix = Text("continuing_subword_prefix"),
            EndOfWordSuffix = Text("end_of_word_suffix"),
            InitialAlphabet = trainer.TryGetProperty("initial_alphabet", out _)
                ? ByteAlphabet.Characters.ToArray().Select(character => (int)character).ToArray() : [],
        };
    }

    private static Part? Part(Fixture fixture, string key) =>
        fixture.Json.TryGetProperty(key, out JsonElement part) && part.ValueKind == JsonValueKind.Object
            ? new Part(part, Path.Combine(fixture.Folder, "fixture.json"), key) : null;

    private static FixtureResult? Same(string what, List<string> learned, List<string> wanted)
    {
        int at = learned.Zip(wanted).TakeWhile(pair => pair.First == pair.Second).Count();
        return at == learned.Count && at == wanted.Count ? null : FixtureResult.Fail(
            $"{learned.Count} {what}s instead of {wanted.Count}; {what} {at} is \"{learned.ElementAtOrDefault(at)}\" instead of \"{wanted.ElementAtOrDefault(at)}\"");
    }

    private static FixtureResult Overlap(List<string> learned, List<string> wanted, double least)
    {
        double share = learned.Intersect(wanted).Count() / (double)wanted.Count;
        return share >= least && learned.Count == wanted.Count
            ? FixtureResult.Ok : FixtureResult.Fail($"{learned.Count} tokens instead of {wanted.Count}, of which {share:P1} agree (at least {least:P1}); without "
                + $"{string.Join(' ', wanted.Except(learned).Take(8))}, but with {string.Join(' ', learned.Except(wanted).Take(8))}");
    }
}
