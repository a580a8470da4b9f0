using Attune.Cli.Verbs;
using Attune.Formats;
using Attune.Models;
using Attune.Native;

namespace Attune.Cli;

/// <summary>A verb that can do nothing with a kind of model names the verb that can.</summary>
public sealed class ModelUseTests
{
    private const string Llama = """{"model_type": "llama", "vocab_size": 4096, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}""";
    private const string Encoder = """{"model_type": "bert", "architectures": ["BertModel"], "vocab_size": 4096, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}""";
    private static readonly string Classifier = Encoder.Replace("BertModel", "BertForSequenceClassification", StringComparison.Ordinal);
    private static readonly string Tiny = Path.Combine(TestPaths.Root, "models", "tiny");

    [Theory]
    [InlineData("chat model", "Chat Write Measure", "Label: is no encoder but a language model (llama): `attune chat m`", "Embed: is no encoder but a language model (llama): `attune chat m`")]
    [InlineData("base model", "Write Measure", "Chat: has no chat template, so it cannot chat: `attune generate m", "Label: gives no labels: `attune generate m`", "Embed: gives no embeddings: `attune generate m`")]
    [InlineData("classifier", "Label Embed Measure", "Chat: is a classifier (bert): `attune predict m FILE`", "Write: is a classifier (bert): `attune predict m FILE`")]
    [InlineData("encoder", "Embed", "Chat: is an encoder (bert), which writes no text: `attune embed m FILE", "Write: is an encoder (bert): `attune embed m FILE", "Label: is no classifier: `attune embed m FILE",
        "Measure: there is nothing to measure: `attune embed`")]
    public void The_verb_that_fits_is_named(string kind, string fit, params string[] refused)
    {
        Libtorch.Load();
        string config = kind switch { "classifier" => Classifier, "encoder" => Encoder, _ => Llama };
        var text = ModelText.New(HuggingFaceConfig.Parse(System.Text.Encoding.UTF8.GetBytes(config), "config.json"), kind == "base model" ? Path.Combine(Tiny, "tokenizer.json") : Tiny);
        foreach (string use in fit.Split(' '))
        {
            ModelUses.Require(Enum.Parse<ModelUse>(use), "m", text);
        }

        Assert.Equal(Enum.GetValues<ModelUse>().Length, fit.Split(' ').Length + refused.Length);
        foreach (string[] parts in refused.Select(one => one.Split(": ")))
        {
            var error = Assert.Throws<AttuneException>(() => ModelUses.Require(Enum.Parse<ModelUse>(parts[0]), "m", text));
            Assert.Contains(parts[1], error.Problem);
            Assert.Contains(parts[2], error.Cure!);
        }
    }
}
