using Attune.Formats;
using Attune.Models;
using Attune.Native;
using TorchSharp;

namespace Attune.Cli;

/// <summary>A bare BERT of two narrow blocks with random weights, under the vocabulary of the real ones: in the place of a model that tests cannot fetch.</summary>
internal static class SmallBert
{
    private const string Config = """
        {"model_type": "bert", "architectures": ["BertModel"], "vocab_size": 30522, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
         "num_attention_heads": 4, "max_position_embeddings": 512, "initializer_range": 0.05}
        """;

    /// <summary>Writes it.</summary>
    /// <param name="folder">Made where it is absent.</param>
    public static void Write(string folder)
    {
        Libtorch.Load();
        string words = TestPaths.SharedOrSkip("tokenizers/tok_bert");
        var text = ModelText.New(HuggingFaceConfig.Parse(System.Text.Encoding.UTF8.GetBytes(Config), "config.json"), words);
        using var model = text.Load(torch.ScalarType.Float32, torch.ScalarType.Float32, seed: 1);
        ModelSaver.Save(model.Weights, folder);
        File.Copy(Path.Combine(words, "tokenizer.json"), Path.Combine(folder, "tokenizer.json"));
    }
}
