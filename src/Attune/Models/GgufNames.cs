namespace Attune.Models;

/// <summary>How a family's parameters appear in GGUF files.</summary>
/// <param name="Architecture"><c>general.architecture</c>.</param>
/// <param name="Blocks">The path of the repeated blocks in Hugging Face's names, before the number: <c>model.layers</c>.</param>
/// <param name="Names">GGUF name to Hugging Face's; <c>blk.*</c> and the blocks' path stand for a block (<c>blk.*.attn_q</c> to <c>*.self_attn.q_proj</c>).</param>
/// <param name="Permuted">Hugging Face endings (<c>self_attn.q_proj.weight</c>) whose rows GGUF interleaves for its rotary layout, with the config's key of their head count.</param>
/// <param name="Transposed">Hugging Face endings whose matrix lies the other way round there (GPT-2's Conv1D).</param>
internal sealed record GgufNames(
    string Architecture, string Blocks, IReadOnlyDictionary<string, string> Names, IReadOnlyDictionary<string, string> Permuted, IReadOnlySet<string> Transposed)
{
    /// <summary>The Hugging Face name of a tensor in the file; null where the family has none of that name.</summary>
    public string? ToHuggingFace(string name)
    {
        int dot = name.LastIndexOf('.');
        string stem = dot < 0 ? name : name[..dot], ending = dot < 0 ? "" : name[dot..];
        if (!stem.StartsWith("blk.", StringComparison.Ordinal))
        {
            return Names.TryGetValue(stem, out string? found) ? found + ending : null;
        }

        int end = stem.IndexOf('.', 4);
        if (end < 0 || !int.TryParse(stem.AsSpan(4, end - 4), out int block) || !Names.TryGetValue("blk.*" + stem[end..], out string? inner))
        {
            return null;
        }

        return $"{Blocks}.{block}.{inner}{ending}";
    }

    /// <summary>The name in a GGUF file of a parameter; null where GGUF has none.</summary>
    public string? ToGguf(string name)
    {
        int dot = name.LastIndexOf('.');
        string stem = name[..dot], ending = name[dot..], path = Blocks + ".";
        if (!stem.StartsWith(path, StringComparison.Ordinal))
        {
            return Names.FirstOrDefault(pair => pair.Value == stem && !pair.Key.StartsWith("blk.", StringComparison.Ordinal)).Key is { } outer ? outer + ending : null;
        }

        int end = stem.IndexOf('.', path.Length);
        string number = stem[path.Length..end], inner = stem[(end + 1)..];
        return Names.FirstOrDefault(pair => pair.Value == inner && pair.Key.StartsWith("blk.", StringComparison.Ordinal)).Key is { } key
            ? $"blk.{number}{key["blk.*".Length..]}{ending}" : null;
    }
}
