using Attune.Formats;

namespace Attune.Models;

/// <summary>What a model's files say about its origin: the front matter of README.md, or a .gguf file's metadata.</summary>
/// <param name="Licence">As the files spell it; null: they do not say.</param>
/// <param name="BaseModel">The model that this one was made from; null: they do not say.</param>
internal sealed record ModelCard(string? Licence, string? BaseModel)
{
    private const int FrontMatterLines = 200;
    private const int LongestValue = 200;

    /// <summary>Reads it; files that say nothing, or nothing readable, give nothing.</summary>
    /// <param name="path">A model's folder or .gguf file.</param>
    public static ModelCard Find(string path)
    {
        if (File.Exists(path) && path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            using var gguf = Gguf.Open(path);
            return new ModelCard(Text(gguf.Metadata.GetValueOrDefault("general.license") as string),
                Text(gguf.Metadata.GetValueOrDefault("general.base_model.0.repo_url") as string ?? gguf.Metadata.GetValueOrDefault("general.base_model.0.name") as string));
        }

        string readme = Path.Combine(path, "README.md");
        return File.Exists(readme) ? OfFrontMatter(File.ReadLines(readme).Take(FrontMatterLines)) : new ModelCard(null, null);
    }

    /// <summary>The two keys of a front matter, each with its value on the line or as the first item of a list below it.</summary>
    private static ModelCard OfFrontMatter(IEnumerable<string> lines)
    {
        string? licence = null, baseModel = null, key = null;
        string[] all = [.. lines];
        if (all.Length == 0 || all[0].TrimEnd() != "---")
        {
            return new ModelCard(null, null);
        }

        foreach (string line in all.Skip(1).TakeWhile(line => line.TrimEnd() != "---"))
        {
            string item = line.TrimStart();
            if (line.Length > 0 && !char.IsWhiteSpace(line[0]) && line.IndexOf(':') is int colon and > 0)
            {
                key = line[..colon];
                item = line[(colon + 1)..];
            }
            else if (item.StartsWith("- ", StringComparison.Ordinal))
            {
                item = item[2..];
            }
            else
            {
                continue;
            }

            licence ??= key == "license" ? Text(item) : null;
            baseModel ??= key == "base_model" ? Text(item) : null;
        }

        return new ModelCard(licence, baseModel);
    }

    private static string? Text(string? value)
    {
        value = value?.Trim().Trim('"', '\'');
        return string.IsNullOrEmpty(value) || value.Length > LongestValue ? null : value;
    }
}
