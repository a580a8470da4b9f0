using System.CommandLine;
using System.Text.Json;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Text;

namespace Attune.Cli.Verbs;

/// <summary><c>attune tokenizer</c>: trains a byte-level BPE tokenizer for a new model.</summary>
internal static class TokenizerVerb
{
    // ChatML's marks, so that a model that begins from nothing can learn to chat as well.
    private static readonly string[] SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

    private const string Template = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private const string Config = """
        {
          "tokenizer_class": "PreTrainedTokenizerFast",
          "eos_token": "<|im_end|>",
          "pad_token": "<|endoftext|>"
        }

        """;

    public static Command Create(Screen screen)
    {
        var output = new Argument<string>("OUT") { Description = "The folder to write: tokenizer.json, tokenizer_config.json, chat_template.jinja." };
        var data = new Option<string[]>("--data") { Description = "Files of text to learn from: JSONL, CSV, TSV, Parquet, txt.", Required = true, AllowMultipleArgumentsPerToken = true };
        var size = new Option<int>("--size") { Description = "Tokens in all.", DefaultValueFactory = _ => 4096 };
        var command = new Verb("tokenizer", "Train a byte-level BPE tokenizer, with ChatML's marks and template, for a model that begins from nothing.",
            [
                "attune tokenizer models/mine --data corpus.txt --size 4096",
            ]) { output, data, size };
        command.SetAction(parsed => (int)Run(screen, parsed.GetValue(output)!, parsed.GetValue(data)!, parsed.GetValue(size)));
        return command;
    }

    private static ExitCode Run(Screen screen, string output, string[] data, int size)
    {
        MergeVerb.RequireEmpty(output);
        var bad = new BadRows();
        var texts = data.SelectMany(file => RowFormats.Read(file, ReadOptions.Default, bad))
            .SelectMany(row => row.Columns.SelectMany(column => row.TryGet(column, out var value) ? Texts(value) : [])).ToList();
        bad.ThrowIfTooMany();
        var tokenizer = BpeTrainer.TrainByteLevel(texts, new BpeTrainerOptions { VocabularySize = size, SpecialTokens = SpecialTokens });
        Directory.CreateDirectory(output);
        tokenizer.Save(Path.Combine(output, "tokenizer.json"));
        Formats.AtomicFile.WriteAllText(Path.Combine(output, "tokenizer_config.json"), Config);
        Formats.AtomicFile.WriteAllText(Path.Combine(output, "chat_template.jinja"), Template);
        screen.Line($"{Words.Count(tokenizer.VocabularySize, "token")} in {output}");
        return ExitCode.Done;
    }

    /// <summary>What was written by somebody: of a conversation the messages without who says them.</summary>
    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => value.EnumerateObject().Where(member => member.Name is not ("role" or "from")).SelectMany(member => Texts(member.Value)),
        _ => DataRow.AsText(value) is { } text ? [text] : [],
    };
}
