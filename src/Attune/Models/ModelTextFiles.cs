using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Formats;

namespace Attune.Models;

/// <summary>
/// Writes what belongs to a model besides its weights into a model's folder: the files of the folder that it came from, and what they leave to
/// be guessed, so that the folder gives the same tokens and the same end of a reply wherever it is opened.
/// </summary>
internal static class ModelTextFiles
{
    /// <summary>How JSON is written that people read.</summary>
    internal static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string TokenizerConfigName = "tokenizer_config.json", GenerationConfigName = "generation_config.json";
    private const string TemplateName = "chat_template.jinja", MoreTemplates = "additional_chat_templates";
    private static readonly string[] Copied = ["special_tokens_map.json", "added_tokens.json", TemplateName, "chat_template.json"];

    /// <summary>Writes the tokenizer, the chat templates, and the settings that tell tokens and the end of a reply.</summary>
    public static void Write(ModelText text, string folder)
    {
        text.Tokenizer.SaveFile(folder);
        string source = SourceFolder(text);
        foreach (string name in source.Length == 0 ? [] : Copied.Where(name => File.Exists(Path.Combine(source, name))))
        {
            AtomicFile.WriteAllBytes(Path.Combine(folder, name), File.ReadAllBytes(Path.Combine(source, name)));
        }

        WriteTokenizerConfig(text, source, folder);
        WriteTemplates(text, source, folder);
        string generation = Path.Combine(source, GenerationConfigName);
        if (GenerationConfig(text) is { } config)
        {
            AtomicFile.WriteAllText(Path.Combine(folder, GenerationConfigName), config);
        }
        else if (source.Length > 0 && !text.IsNew && File.Exists(generation))
        {
            AtomicFile.WriteAllBytes(Path.Combine(folder, GenerationConfigName), File.ReadAllBytes(generation));
        }
    }

    /// <summary>generation_config.json with the end tokens that the model has; null where none is needed to tell them and there is none.</summary>
    internal static string? GenerationConfig(ModelText text)
    {
        var given = text.GenerationConfig;
        var ends = given is null && !text.IsGguf ? text.Config.FindInts("eos_token_id") : given?.FindInts("eos_token_id");
        bool isTold = !text.IsLanguageModel || text.EndTokenIds.Count == 0 || ends?.SequenceEqual(text.EndTokenIds) == true;
        if (isTold)
        {
            return given is null ? null : given.ToJson();
        }

        var config = given is null ? [] : JsonObject.Create(given.Root)!;
        config["eos_token_id"] = text.EndTokenIds is [int end] ? end : new JsonArray([.. text.EndTokenIds.Select(id => (JsonNode)id)]);
        if (given is null && text.Tokenizer.BosTokenId is int bos)
        {
            config["bos_token_id"] = bos;
        }

        if (given is null && text.Tokenizer.PadTokenId is int pad)
        {
            config["pad_token_id"] = pad;
        }

        return config.ToJsonString(Indented) + "\n";
    }

    /// <summary>tokenizer_config.json with the special tokens that the model's files name or leave to be guessed.</summary>
    internal static JsonObject TokenizerConfig(ModelText text)
    {
        var config = Parse(Given(text, SourceFolder(text)));
        if (config is null)
        {
            config = new JsonObject { ["clean_up_tokenization_spaces"] = false };
            if (!text.Tokenizer.IsSentencePiece)
            {
                config["tokenizer_class"] = "PreTrainedTokenizerFast";
            }
        }

        foreach (var (key, token) in text.Tokenizer.NamedTokens)
        {
            if (config[key] is null)
            {
                config[key] = token;
            }
        }

        return config;
    }

    private static void WriteTokenizerConfig(ModelText text, string source, string folder)
    {
        string? given = Given(text, source);
        var config = TokenizerConfig(text);
        bool isSame = given is not null && JsonNode.DeepEquals(config, Parse(given));
        AtomicFile.WriteAllText(Path.Combine(folder, TokenizerConfigName), isSame ? given! : config.ToJsonString(Indented) + "\n");
    }

    private static void WriteTemplates(ModelText text, string source, string folder)
    {
        string more = Path.Combine(source, MoreTemplates);
        if (source.Length > 0 && Directory.Exists(more))
        {
            Directory.CreateDirectory(Path.Combine(folder, MoreTemplates));
            foreach (string file in Directory.EnumerateFiles(more, "*.jinja"))
            {
                AtomicFile.WriteAllBytes(Path.Combine(folder, MoreTemplates, Path.GetFileName(file)), File.ReadAllBytes(file));
            }
        }

        if (text.Template is not { } template || Text.ChatTemplate.FindInFolder(folder) is { } found && found.Source == template.Source && found.WithTools?.Source == template.WithTools?.Source)
        {
            return;
        }

        AtomicFile.WriteAllText(Path.Combine(folder, TemplateName), template.Source);
        if (template.WithTools is { } tools)
        {
            Directory.CreateDirectory(Path.Combine(folder, MoreTemplates));
            AtomicFile.WriteAllText(Path.Combine(folder, MoreTemplates, "tool_use.jinja"), tools.Source);
        }
    }

    // Where its small files lie: its folder, or that of the tokenizer.json which a new model was given; none of a .gguf file.
    private static string SourceFolder(ModelText text)
    {
        if (Directory.Exists(text.Path))
        {
            return text.Path;
        }

        return text.IsNew && File.Exists(text.Path) ? Path.GetDirectoryName(Path.GetFullPath(text.Path))! : "";
    }

    private static string? Given(ModelText text, string source)
    {
        if (text.IsGguf)
        {
            return GgufText.TokenizerConfig(text.Path);
        }

        string file = Path.Combine(source, TokenizerConfigName);
        return source.Length > 0 && File.Exists(file) ? File.ReadAllText(file) : null;
    }

    private static JsonObject? Parse(string? json)
    {
        try
        {
            return json is null ? null : JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null; // A foreign .gguf file may hold anything there; a folder's was read before.
        }
    }
}
