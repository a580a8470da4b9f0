using Attune.Formats;

namespace Attune.Models;

/// <summary>Writes what belongs to a model besides its weights into a model's folder.</summary>
internal static class ModelTextFiles
{
    private static readonly string[] Copied = ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "generation_config.json"];

    /// <summary>tokenizer.json, and the small files of the folder that the model came from, where it came from one.</summary>
    public static void Write(ModelText text, string folder)
    {
        text.Tokenizer.Save(Path.Combine(folder, "tokenizer.json"));
        foreach (string name in Directory.Exists(text.Path) ? Copied.Where(name => File.Exists(Path.Combine(text.Path, name))) : [])
        {
            AtomicFile.WriteAllBytes(Path.Combine(folder, name), File.ReadAllBytes(Path.Combine(text.Path, name)));
        }

        if (text.Template is { } template && !File.Exists(Path.Combine(folder, "chat_template.jinja")) && !File.Exists(Path.Combine(folder, "tokenizer_config.json")))
        {
            AtomicFile.WriteAllText(Path.Combine(folder, "chat_template.jinja"), template.Source);
        }
    }
}
