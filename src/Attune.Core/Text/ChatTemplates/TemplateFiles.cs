using System.Text;
using System.Text.Json;
using Attune.Formats;

namespace Attune.Text.ChatTemplates;

/// <summary>
/// Where a model keeps its chat templates and the special tokens that they use: chat_template.jinja with additional_chat_templates/,
/// else tokenizer_config.json (one template, or a list of named ones), else chat_template.json; or a GGUF file's metadata.
/// </summary>
internal static class TemplateFiles
{
    private const string Default = "default";
    private const string ToolUse = "tool_use";

    private static readonly string[] TokenNames = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    // GGUF's names for them; "seperator" is how the format spells it.
    private static readonly (string Key, string Name)[] GgufTokens =
    [
        ("bos", "bos_token"), ("eos", "eos_token"), ("unknown", "unk_token"), ("seperator", "sep_token"), ("padding", "pad_token"), ("cls", "cls_token"), ("mask", "mask_token"),
    ];

    public static ChatTemplate? Find(string folder)
    {
        string configPath = Path.Combine(folder, "tokenizer_config.json");
        JsonElement? config = ReadJson(configPath);
        var tokens = new Dictionary<string, string>();
        AddTokens(tokens, ReadJson(Path.Combine(folder, "special_tokens_map.json")));
        AddTokens(tokens, config);
        return FromJinja(folder, tokens) ?? FromJson(config, configPath, tokens)
            ?? FromJson(ReadJson(Path.Combine(folder, "chat_template.json")), Path.Combine(folder, "chat_template.json"), tokens);
    }

    public static ChatTemplate? Find(Gguf gguf)
    {
        var tokens = new Dictionary<string, string>();
        if (gguf.Metadata.GetValueOrDefault("tokenizer.ggml.tokens") is string[] vocabulary)
        {
            foreach (var (key, name) in GgufTokens)
            {
                if (Id(gguf.Metadata.GetValueOrDefault($"tokenizer.ggml.{key}_token_id")) is long id && id < vocabulary.Length)
                {
                    tokens[name] = vocabulary[id];
                }
            }
        }

        var templates = new Dictionary<string, string>();
        foreach (var (key, name) in new[] { ("tokenizer.chat_template", Default), ("tokenizer.chat_template.tool_use", ToolUse) })
        {
            if (gguf.Metadata.GetValueOrDefault(key) is string source)
            {
                templates[name] = source;
            }
        }

        return Make(templates, gguf.Path + " (tokenizer.chat_template)", tokens);
    }

    private static ChatTemplate? FromJinja(string folder, Dictionary<string, string> tokens)
    {
        string path = Path.Combine(folder, "chat_template.jinja");
        if (!File.Exists(path))
        {
            return null;
        }

        var templates = new Dictionary<string, string> { [Default] = ReadTemplate(path) };
        string tools = Path.Combine(folder, "additional_chat_templates", ToolUse + ".jinja");
        if (File.Exists(tools))
        {
            templates[ToolUse] = ReadTemplate(tools);
        }

        return Make(templates, path, tokens);
    }

    private static ChatTemplate? FromJson(JsonElement? file, string path, Dictionary<string, string> tokens)
    {
        if (file is not { ValueKind: JsonValueKind.Object } config || !config.TryGetProperty("chat_template", out JsonElement template))
        {
            return null;
        }

        switch (template.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                return Make(new Dictionary<string, string> { [Default] = template.GetString()! }, path + " (chat_template)", tokens);
            case JsonValueKind.Array:
                var templates = new Dictionary<string, string>();
                foreach (JsonElement named in template.EnumerateArray())
                {
                    if (named.ValueKind != JsonValueKind.Object || Text(named, "name") is not string name || Text(named, "template") is not string source)
                    {
                        throw new TemplateException(path, "chat_template must be a text or a list of objects with name and template");
                    }

                    templates[name] = source;
                }

                return Make(templates, path + " (chat_template)", tokens);
            default:
                throw new TemplateException(path, "chat_template must be a text or a list of objects with name and template");
        }
    }

    private static ChatTemplate? Make(Dictionary<string, string> templates, string place, Dictionary<string, string> tokens)
    {
        if (templates.Count == 0)
        {
            return null;
        }

        if (!templates.TryGetValue(Default, out string? source))
        {
            throw new TemplateException(place, $"has templates named {string.Join(", ", templates.Keys.Order(StringComparer.Ordinal))}, but none named {Default}");
        }

        return ChatTemplate.Parse(source, place, tokens, templates.TryGetValue(ToolUse, out string? tools) ? ChatTemplate.Parse(tools, place, tokens, null) : null);
    }

    private static string ReadTemplate(string path)
    {
        byte[] bytes = BoundedJson.ReadFile(path);
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new TemplateException(path, "is not UTF-8: " + exception.Message);
        }
    }

    private static JsonElement? ReadJson(string path) => File.Exists(path) ? BoundedJson.Parse(BoundedJson.ReadFile(path), path) : null;

    // A token is its text, or an object with its text as content.
    private static void AddTokens(Dictionary<string, string> tokens, JsonElement? file)
    {
        if (file is not { ValueKind: JsonValueKind.Object } json)
        {
            return;
        }

        foreach (string name in TokenNames)
        {
            string? text = json.TryGetProperty(name, out JsonElement token) && token.ValueKind == JsonValueKind.Object ? Text(token, "content") : Text(json, name);
            if (text is not null)
            {
                tokens[name] = text;
            }
        }
    }

    private static string? Text(JsonElement json, string key) =>
        json.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Id(object? value) => value switch { uint id => id, int id when id >= 0 => id, ulong id when id < int.MaxValue => (long)id, long id when id >= 0 => id, _ => null };
}
