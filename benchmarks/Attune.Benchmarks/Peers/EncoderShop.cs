using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Formats;
using Attune.Models;
using Attune.Native;
using Attune.Text;
using TorchSharp;

namespace Attune.Benchmarks.Peers;

/// <summary>
/// What the encoder pairs run on: a classifier of MiniLM-L6's shape with random weights, as bench_encoder.py makes one, and texts of the
/// lengths that it takes, out of plain words that are one token each, drawn evenly from the vocabulary.
/// </summary>
internal sealed class EncoderShop
{
    public const int BatchSize = 32;
    private const int Embedded = 2000;
    private const int Seed = 0;

    // A step takes a tenth of a language model's time.
    private const int StepsPerStep = 4;

    /// <summary>Makes the model's folder and the files of rows.</summary>
    /// <param name="options">Where the tokenizer and the lengths are, and how many steps.</param>
    /// <param name="folder">Where everything is put.</param>
    /// <exception cref="PeerAbsentException">The tokenizer or the lengths are absent.</exception>
    public EncoderShop(PeersOptions options, string folder)
    {
        string tokenizer = Path.GetFullPath(Path.Combine(options.Shared, "tokenizers", "tok_bert")), lengthsFile = Path.GetFullPath(Path.Combine(options.Shared, "python", "rows_sst2.json"));
        if (!Directory.Exists(tokenizer) || !File.Exists(lengthsFile))
        {
            throw new PeerAbsentException($"{(Directory.Exists(tokenizer) ? lengthsFile : tokenizer)} is absent");
        }

        Steps = options.Steps * StepsPerStep;
        (Model, Rows, Texts) = (Path.Combine(folder, "minilm"), Path.Combine(folder, "labelled.jsonl"), Path.Combine(folder, "texts.json"));
        int[] lengths = JsonSerializer.Deserialize<int[]>(File.ReadAllBytes(lengthsFile))!;
        var text = WriteModel(tokenizer);
        WriteRows(text.Tokenizer, lengths);
    }

    /// <summary>Steps that count.</summary>
    public int Steps { get; }

    /// <summary>The model's folder.</summary>
    public string Model { get; }

    /// <summary>Texts with labels, JSONL, so that the run's own order brings them in the order of the lengths.</summary>
    public string Rows { get; }

    /// <summary>Texts to be embedded, a JSON list.</summary>
    public string Texts { get; }

    private ModelText WriteModel(string tokenizer)
    {
        Libtorch.Load();
        Directory.CreateDirectory(Model);
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray("BertForSequenceClassification"),
            ["model_type"] = "bert",
            ["vocab_size"] = 30522,
            ["hidden_size"] = 384,
            ["num_hidden_layers"] = 6,
            ["num_attention_heads"] = 12,
            ["intermediate_size"] = 1536,
            ["max_position_embeddings"] = 512,
            ["id2label"] = new JsonObject { ["0"] = "bad", ["1"] = "good" },
            ["label2id"] = new JsonObject { ["bad"] = 0, ["good"] = 1 },
        };
        File.WriteAllText(Path.Combine(Model, "config.json"), config.ToJsonString());
        var text = ModelText.New(HuggingFaceConfig.Open(Model), tokenizer);
        using var model = text.Load(torch.ScalarType.Float32, torch.ScalarType.Float32, seed: Seed);
        ModelSaver.Save(model.Weights, Model, torch.ScalarType.Float32);
        ModelTextFiles.Write(text, Model);
        return text;
    }

    private void WriteRows(Tokenizer tokenizer, int[] lengths)
    {
        var random = new Random(Seed);
        string[] words = [.. Enumerable.Range(1000, 29000).Select(id => tokenizer.Decode([id])).Where(word => word.Length > 1 && word.All(char.IsAsciiLetterLower)).Distinct()];
        string Text(int tokens)
        {
            // [CLS] and [SEP] are of the length.
            string text = string.Join(' ', Enumerable.Range(0, tokens - 2).Select(_ => words[random.Next(words.Length)]));
            return tokenizer.Encode(text).Ids.Length == tokens ? text : throw new AttuneException(ExitCode.Internal, Rows, $"a text of {tokens} tokens came out as {tokenizer.Encode(text).Ids.Length}");
        }

        string[] texts = [.. lengths.Select(Text)];
        int count = (Steps + 1) * BatchSize;
        var order = new RowOrder(count, Seed);
        string[] lines = new string[count];
        for (int i = 0; i < count; i++)
        {
            lines[order.At(0, i)] = JsonSerializer.Serialize(new { text = texts[i % texts.Length], label = random.Next(2) == 0 ? "bad" : "good" });
        }

        File.WriteAllLines(Rows, lines);
        File.WriteAllText(Texts, JsonSerializer.Serialize(Enumerable.Range(0, Embedded).Select(i => texts[i % texts.Length])));
    }
}
