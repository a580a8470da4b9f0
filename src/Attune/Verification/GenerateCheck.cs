using System.Text.Json;
using Attune.Formats;
using Attune.Generation;
using Attune.Text;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>generate</c>: the tokens to the letter, each prompt by itself and all together; the scores of beams.</summary>
internal sealed class GenerateCheck : IFixtureCheck
{
    public string Kind => "generate";

    public FixtureResult Check(Fixture fixture)
    {
        if (FixtureModel.Skip(fixture) is { } reason)
        {
            return FixtureResult.Skip(reason);
        }

        using var model = FixtureModel.LoadLanguageModel(fixture);
        using var engine = new Engine(model, Tokenizer(fixture, FixtureModel.Path(fixture)));
        var options = GenerationOptions.Read(HuggingFaceConfig.ParseAny(JsonSerializer.SerializeToUtf8Bytes(fixture.Json.GetProperty("generation")), fixture.Name));
        int[][] prompts = JsonSerializer.Deserialize<int[][]>(fixture.ReadJsonFile("prompts.json"))!;
        var expected = fixture.ReadJsonFile("expected.json");
        var comparison = new TensorComparison(fixture.Tolerance);
        var together = engine.GenerateAsync(prompts, options).GetAwaiter().GetResult();
        for (int i = 0; i < prompts.Length; i++)
        {
            var alone = engine.GenerateAsync([prompts[i]], options).GetAwaiter().GetResult()[0];
            Compare($"prompt {i} alone", i, alone, expected, comparison);
            Compare($"prompt {i} of {prompts.Length}", i, together[i], expected, comparison);
        }

        return comparison.Result;
    }

    private static Tokenizer? Tokenizer(Fixture fixture, string path)
    {
        if (fixture.ResolveKey("tokenizer") is { } folder)
        {
            return Text.Tokenizer.FromFolder(folder);
        }

        if (!File.Exists(path))
        {
            return null;
        }

        using var gguf = Gguf.Open(path);
        return Text.Tokenizer.FromGguf(gguf.Metadata, path);
    }

    private static void Compare(string name, int prompt, IReadOnlyList<GeneratedSequence> sequences, JsonElement expected, TensorComparison comparison)
    {
        int[][] wanted = JsonSerializer.Deserialize<int[][]>(expected.GetProperty("sequences")[prompt])!;
        if (sequences.Count != wanted.Length)
        {
            comparison.Problem($"{name}: {sequences.Count} sequences, expected {wanted.Length}");
            return;
        }

        for (int i = 0; i < wanted.Length; i++)
        {
            if (!sequences[i].Tokens.SequenceEqual(wanted[i]))
            {
                comparison.Problem($"{name}, sequence {i}: [{string.Join(", ", sequences[i].Tokens)}], expected [{string.Join(", ", wanted[i])}]");
            }
        }

        if (expected.TryGetProperty("sequence_scores", out var scores))
        {
            double[] reference = JsonSerializer.Deserialize<double[]>(scores[prompt])!;
            for (int i = 0; i < reference.Length; i++)
            {
                comparison.Compare<double>($"{name}, score {i}", [1], [sequences[i].Score ?? double.NaN], [reference[i]]);
            }
        }
    }
}
