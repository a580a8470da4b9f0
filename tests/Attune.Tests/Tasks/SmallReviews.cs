namespace Attune.Tasks;

/// <summary>Rows that a small encoder can learn to tell apart, and a recipe that trains a new one on them.</summary>
internal static class SmallReviews
{
    private static readonly string[] Good = ["fine", "moving", "great", "funny"], Bad = ["awful", "dull", "weak", "long"], Both = ["a", "film", "the", "story", "is", "and"];

    /// <summary>Writes rows and a tokenizer.</summary>
    public static void Write(TemporaryFolder folder, int rows = 120)
    {
        Directory.CreateDirectory(folder["words"]);
        File.WriteAllLines(Path.Combine(folder["words"], "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Both, .. Good, .. Bad]);
        var random = new Random(1);
        File.WriteAllLines(folder["rows.jsonl"], Enumerable.Range(0, rows).Select(row =>
        {
            bool isGood = row % 3 > 0;
            var words = Enumerable.Range(0, 2 + random.Next(8)).Select(_ => Both[random.Next(Both.Length)]).ToList();
            words.Insert(random.Next(words.Count), (isGood ? Good : Bad)[random.Next(4)]);
            return $$"""{"text": "{{string.Join(' ', words)}}", "label": "{{(isGood ? "good" : "bad")}}"}""";
        }));
    }

    /// <summary>A new model, trained whole.</summary>
    public static string NewModel(TemporaryFolder folder, string output, int steps = 30) =>
        $$"""
        model:
          config: { model_type: bert, vocab_size: 19, hidden_size: 16, intermediate_size: 32, num_hidden_layers: 2, num_attention_heads: 4, max_position_embeddings: 32, initializer_range: 0.1 }
          tokenizer: {{folder["words"]}}
          precision: float32
        task: text-classification
        data: { train: {{folder["rows.jsonl"]}}, split: { validation: 0.2, test: 0.2 } }
        method: full
        train: { max_steps: {{steps}}, batch_size: 16, learning_rate: 1e-2, max_tokens: 16, save_every: 5 }
        output: {{output}}
        """;

    /// <summary>LoRA on a model.</summary>
    public static string Lora(TemporaryFolder folder, string source, string output, int steps = 10) =>
        $$"""
        model: { source: {{source}}, precision: float32 }
        task: text-classification
        data: { train: {{folder["rows.jsonl"]}}, split: { validation: 0.2, test: 0.2 } }
        method: { lora: { rank: 4, alpha: 8, dropout: 0.1, targets: [query, value] } }
        train: { max_steps: {{steps}}, batch_size: 16, learning_rate: 1e-2, max_tokens: 16, save_every: 5 }
        output: {{output}}
        """;
}
