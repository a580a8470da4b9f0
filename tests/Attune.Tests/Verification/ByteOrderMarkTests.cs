namespace Attune.Verification;

/// <summary>Models and adapters whose text files all begin with a byte order mark: configs, indexes, tokenizers, templates.</summary>
public sealed class ByteOrderMarkTests
{
    private static readonly string[] Models = ["_models/llama-sharded", "_models/train-gpt2", "_models/train-bert", "_models/train-llama", "_models/gpt2-generate"];

    [Theory]
    [InlineData("forward/llama-causal-lm-sharded")]
    [InlineData("generate/gpt2-greedy")]
    [InlineData("train/bert-sequence-classification-lora")]
    [InlineData("train/gpt2-causal-lm-linear-warmup")]
    [InlineData("adapter/llama-causal-lm-lora")]
    public void A_model_whose_files_begin_with_a_mark_is_the_same_model(string fixture)
    {
        using var folder = new TemporaryFolder();
        CopiedFixtures.Copy(folder.Path, [fixture, .. Models]);
        foreach (string file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            File.WriteAllText(file, "\uFEFF" + File.ReadAllText(file));
        }

        var result = Verifier.Check(Fixture.Open(folder[fixture]));
        Assert.True(result.Outcome == FixtureOutcome.Ok, result.Message);
    }
}
