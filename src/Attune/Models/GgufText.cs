using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Text;

namespace Attune.Models;

/// <summary>
/// What belongs to a model besides its weights, in a GGUF file: the tokenizer and the chat template under the format's own keys, and under two
/// of Attune's what the format has no place for, so that a folder written from the file says what the first folder said.
/// </summary>
internal static class GgufText
{
    private const string GenerationKey = "attune.generation_config";
    private const string TokenizerKey = "attune.tokenizer_config";
    private const string ToolTemplateKey = "tokenizer.chat_template.tool_use";

    /// <summary>generation_config.json as the file has it; null where it has none.</summary>
    public static HuggingFaceConfig? GenerationConfig(Gguf gguf) => gguf.Metadata.GetValueOrDefault(GenerationKey) is string json
        ? HuggingFaceConfig.ParseAny(System.Text.Encoding.UTF8.GetBytes(json), $"{gguf.Path} ({GenerationKey})") : null;

    /// <summary>tokenizer_config.json as a .gguf file has it; null where it has none, or what is no JSON object.</summary>
    public static string? TokenizerConfig(string path)
    {
        using var gguf = Gguf.Open(path);
        return gguf.Metadata.GetValueOrDefault(TokenizerKey) as string;
    }

    /// <summary>The entries.</summary>
    /// <param name="text">What belongs to the model; its notices are told what other programs will do otherwise.</param>
    /// <param name="size">How many rows the model's embedding has.</param>
    /// <exception cref="AttuneException">GGUF has no name for this kind of tokenizer.</exception>
    public static IEnumerable<KeyValuePair<string, object>> Entries(ModelText text, int size)
    {
        if (text.IsGguf)
        {
            using var gguf = Gguf.Open(text.Path);
            return [.. gguf.Metadata.Where(entry => entry.Key.StartsWith("tokenizer.", StringComparison.Ordinal) || entry.Key is GenerationKey or TokenizerKey)];
        }

        var entries = GgufTokenizerWriter.Entries(text.Tokenizer, size, text.Template?.Source, text.EndTokenIds, text.Notices).ToList();
        if (text.Template?.WithTools is { } tools)
        {
            entries.Add(new(ToolTemplateKey, tools.Source));
        }

        if (ModelTextFiles.GenerationConfig(text) is { } generation)
        {
            entries.Add(new(GenerationKey, generation));
        }

        var config = ModelTextFiles.TokenizerConfig(text);
        config.Remove("chat_template"); // It has its own key.
        entries.Add(new(TokenizerKey, config.ToJsonString(ModelTextFiles.Indented)));
        return entries;
    }
}
