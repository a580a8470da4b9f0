using Attune.Formats;
using Attune.Models;
using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>Small models with parameters that are a function of their names.</summary>
internal static class SmallModel
{
    public static LanguageModel Llama(int hidden = 16, bool tied = false, string? rope = null) => (LanguageModel)Create(
        $$"""
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 40, "hidden_size": {{hidden}}, "intermediate_size": 24, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64, "tie_word_embeddings": {{(tied ? "true" : "false")}}{{(rope is null ? "" : $", \"rope_parameters\": {rope}")}}}
        """);

    public static LanguageModel Gpt2() => (LanguageModel)Create(
        """{"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": 40, "n_embd": 16, "n_layer": 2, "n_head": 4, "n_positions": 64}""");

    public static EncoderModel Bert(int labels = 3) => (EncoderModel)Create(
        $$"""
        {"model_type": "bert", "architectures": ["{{(labels > 0 ? "BertForSequenceClassification" : "BertModel")}}"], "vocab_size": 40, "hidden_size": 16, "intermediate_size": 24,
         "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 64, "num_labels": {{Math.Max(1, labels)}}}
        """);

    public static PackedRows Rows(params int[] lengths) =>
        PackedRows.From([.. lengths.Select((length, row) => Enumerable.Range(0, length).Select(i => ((7 * i) + (11 * row) + 3) % 40).ToArray())], CPU);

    /// <summary>[tokens, vocabulary], for the caller's dispose scope.</summary>
    public static Tensor Logits(LanguageModel model, PackedRows rows) => model.Logits(model.Hidden(rows));

    public static double Off(Tensor expected, Tensor actual) => (expected - actual).abs().max().ToDouble();

    private static TextModel Create(string json)
    {
        var model = ModelFamilies.Create(HuggingFaceConfig.Parse(System.Text.Encoding.UTF8.GetBytes(json), "config.json"));
        foreach (var (name, parameter) in model.NamedParameters().Where(named => !named.Parameter.IsTied))
        {
            parameter.Set(Noise.Normal(1, name, [.. parameter.Shape], name.Contains("norm", StringComparison.OrdinalIgnoreCase) || name.Contains("ln_") ? 1 : 0.3, CPU));
        }

        return model;
    }
}
