using Attune.Formats;
using Attune.Models;
using Attune.Tuning;
using static TorchSharp.torch;

namespace Attune.Nn;

public sealed class RotaryTests
{
    // Cosines and sines at place 9 of transformers 5's LlamaRotaryEmbedding, for a row of 10 and one of 40 tokens.
    [Theory]
    [InlineData("", 10, new[] { -1.115902, 1.010826, 1.223505, 1.224742 }, new[] { 0.50474, 0.691543, 0.055095, 0.002756 })]
    [InlineData("", 40, new[] { -1.115902, 1.170044, 1.224607, 1.224745 }, new[] { 0.50474, 0.361937, 0.01837, 0.000919 })]
    [InlineData(", \"factor\": 3.0", 10, new[] { -1.076615, 0.975238, 1.18043, 1.181623 }, new[] { 0.48697, 0.667196, 0.053155, 0.002659 })]
    [InlineData(", \"attention_factor\": 1.0", 40, new[] { -0.91113, 0.955337, 0.999888, 1.0 }, new[] { 0.412118, 0.29552, 0.014999, 0.00075 })]
    public void Longrope_divides_by_the_list_for_the_row_s_length(string more, int length, double[] cos, double[] sin)
    {
        var config = HuggingFaceConfig.Parse(System.Text.Encoding.UTF8.GetBytes($$"""
            {"model_type": "llama", "max_position_embeddings": 64, "rope_theta": 10000.0, "rope_scaling": {"rope_type": "longrope",
             "short_factor": [1.0, 1.5, 2.0, 4.0], "long_factor": [1.0, 3.0, 6.0, 12.0], "original_max_position_embeddings": 16{{more}} } }
            """), "config.json");
        using var scope = NewDisposeScope();
        var tables = new Rotary(RotaryConfig.Read(config, 8)).Tables(SmallModel.Rows(length), float32);
        Assert.All(cos.Zip(tables.Cos[9].flatten().data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 2e-6));
        Assert.All(sin.Zip(tables.Sin[9].flatten().data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 2e-6));
    }

    [Fact]
    public void Lists_of_another_length_are_refused()
    {
        var settings = new RotarySettings { Place = "config.json: rope_scaling", HeadSize = 8, Type = "longrope", ShortFactor = [1, 2], LongFactor = [1, 2] };
        Assert.Contains("must be 4 numbers", Assert.Throws<AttuneException>(() => new Rotary(settings)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"rope_type": "llama3", "rope_theta": 500000.0, "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}""", "llama3")]
    [InlineData("""{"rope_type": "llama3", "rope_theta": 10000.0, "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 2.0, "original_max_position_embeddings": 16}""", "longrope")]
    public void Divisors_of_the_frequencies_survive_a_GGUF_file(string rope, string type)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = SmallModel.Llama(hidden: 64, rope: rope);
        ModelSaver.SaveGguf(model, folder["x.gguf"], "F32", new Dictionary<string, object>());
        var opened = ModelLoader.Load(folder["x.gguf"], float32, float32);
        using var again = opened.Model;
        Assert.Empty(opened.Unexpected);
        Assert.Equal(type, again.Config.GetObject("rope_parameters").GetString("rope_type"));
        var rows = SmallModel.Rows(40);
        Assert.True(SmallModel.Off(SmallModel.Logits(model, rows), SmallModel.Logits(again, rows)) < 1e-5);
        using var plain = SmallModel.Llama(hidden: 64);
        Assert.True(SmallModel.Off(SmallModel.Logits(model, rows), SmallModel.Logits(plain, rows)) > 1e-3);

        // And once more: what a longrope model came from is still the same tensor.
        ModelSaver.SaveGguf(again, folder["y.gguf"], "F32", new Dictionary<string, object>());
        Assert.Equal(File.ReadAllBytes(folder["x.gguf"]).Length, File.ReadAllBytes(folder["y.gguf"]).Length);
    }
}
