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
                // A WordPiece vocabulary is that of byte-pair merges over word parts with their prefix.
                (vocabulary, _) = BpeTrainer.Train(words, Options(fixture) with { ContinuingSubwordPrefix = "##" });
                break;
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
            ? FixtureResult.Ok : FixtureResult.Fail($"{learned.Count} tokens instead of {wanted.Count}, of which {share:P1} agree (at least {least:P1})");
    }
}
