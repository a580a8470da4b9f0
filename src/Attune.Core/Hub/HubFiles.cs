using System.Text.RegularExpressions;

namespace Attune.Hub;

/// <summary>Which files of a repository a model needs: its description, its tokenizer and one set of weights.</summary>
internal static partial class HubFiles
{
    /// <summary>The files to fetch, in order: small ones first, so that what is wrong shows early.</summary>
    /// <param name="repository">For messages.</param>
    /// <param name="names">All files of the repository.</param>
    /// <exception cref="AttuneException">There are no weights that Attune reads.</exception>
    public static IReadOnlyList<string> Needed(string repository, IReadOnlyCollection<string> names)
    {
        List<string> weights = [.. Weights(names).Order(StringComparer.Ordinal)];
        if (weights.Count > 0)
        {
            return [.. names.Where(name => Description().IsMatch(name)).Order(StringComparer.Ordinal), .. weights];
        }

        string? gguf = names.Where(name => name.EndsWith(".gguf", StringComparison.Ordinal)).Order(StringComparer.Ordinal).FirstOrDefault();
        bool pickled = names.Any(name => name.EndsWith(".bin", StringComparison.Ordinal) || name.EndsWith(".pt", StringComparison.Ordinal) || name.EndsWith(".pth", StringComparison.Ordinal));
        (string problem, string? cure) = gguf is not null ? ("has no safetensors weights, but GGUF files", $"name one of them: {repository}/{gguf}")
            : pickled ? ("has its weights as pickled Python objects only, which can run code and are not read",
                "convert them on a machine with Python: AutoModel.from_pretrained(…).save_pretrained(…, safe_serialization=True)")
            : ("has no safetensors weights", "choose the repository of a model or an adapter");
        throw new AttuneException(ExitCode.MissingInput, repository, problem, cure);
    }

    // Repositories often hold the same weights several times over (fp16 variants, consolidated ones): take what transformers takes.
    private static IEnumerable<string> Weights(IReadOnlyCollection<string> names)
    {
        IEnumerable<string> adapter = names.Where(name => name == "adapter_model.safetensors");
        if (names.Contains("model.safetensors"))
        {
            return adapter.Append("model.safetensors");
        }

        if (names.Contains("model.safetensors.index.json"))
        {
            return adapter.Concat(names.Where(name => Shard().IsMatch(name)));
        }

        return adapter.Any() ? adapter
            : names.Where(name => name.EndsWith(".safetensors", StringComparison.Ordinal) && !name.Contains('/', StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\A(config|generation_config|adapter_config|preprocessor_config|processor_config|chat_template|special_tokens_map|added_tokens|vocab|modules|config_sentence_transformers|sentence_bert_config)\.json\z"
        + @"|\Atokenizer[A-Za-z0-9._-]*\z|\A(merges|vocab|spm|spiece|sentencepiece[A-Za-z0-9._-]*)\.(txt|model)\z|\Achat_template\.jinja\z|\Amodel\.safetensors\.index\.json\z|\A[0-9]+_Pooling/config\.json\z", RegexOptions.NonBacktracking)]
    private static partial Regex Description();

    [GeneratedRegex(@"\Amodel-[0-9]{1,8}-of-[0-9]{1,8}\.safetensors\z", RegexOptions.NonBacktracking)]
    private static partial Regex Shard();
}
