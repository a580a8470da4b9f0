namespace Attune.Text;

/// <summary>
/// The tokens that end a reply in a GGUF file. The format has three keys; llama.cpp ends a reply at the tokens of these keys, and at tokens
/// whose text is one of a list.
/// </summary>
/// <param name="Eos"><c>eos_token_id</c>; null: none.</param>
/// <param name="Eot"><c>eot_token_id</c>; null: none.</param>
/// <param name="Eom"><c>eom_token_id</c>; null: none.</param>
/// <param name="Left">End tokens that llama.cpp does not hear of: no key is left for them and their text is not on its list.</param>
internal sealed record GgufEndTokens(int? Eos, int? Eot, int? Eom, IReadOnlyList<int> Left)
{
    private const string Prefix = "tokenizer.ggml.";

    // llama.cpp's list (llama-vocab.cpp).
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>",
        "[EOT]", "[EOS]", "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>", "<｜end▁of▁sentence｜>", "[e~[",
    };

    /// <summary>The end tokens that a file's metadata gives: those of the keys, and those of llama.cpp's list that the chat template writes.</summary>
    /// <param name="metadata">The metadata.</param>
    /// <param name="chatTemplate">The chat template's source; null: none.</param>
    public static IReadOnlyList<int> Read(IReadOnlyDictionary<string, object> metadata, string? chatTemplate)
    {
        string[] tokens = metadata.GetValueOrDefault(Prefix + "tokens") as string[] ?? [];
        var ends = new List<int>();
        foreach (string key in new[] { "eos", "eot", "eom" })
        {
            if (Id(metadata.GetValueOrDefault($"{Prefix}{key}_token_id")) is int id && id < tokens.Length && !ends.Contains(id))
            {
                ends.Add(id);
            }
        }

        if (chatTemplate is not null)
        {
            var known = Listed(tokens);
            ends.AddRange(Enumerable.Range(0, tokens.Length)
                .Where(id => known.Contains(tokens[id]) && !ends.Contains(id) && chatTemplate.Contains(tokens[id], StringComparison.Ordinal)));
        }

        return ends;
    }

    /// <summary>Gives end tokens their keys: first those that llama.cpp does not know by their text.</summary>
    /// <param name="tokens">The file's tokens.</param>
    /// <param name="eos">What <c>eos_token_id</c> names, for templates and texts that end with it; null: the first end token.</param>
    /// <param name="ends">The tokens that end a reply.</param>
    public static GgufEndTokens Of(IReadOnlyList<string> tokens, int? eos, IReadOnlyList<int> ends)
    {
        var known = Listed(tokens);
        int[] valid = [.. ends.Where(id => id >= 0 && id < tokens.Count).Distinct()];
        eos ??= valid.Length > 0 ? valid[0] : null;
        int[] rest = [.. valid.Where(id => id != eos).OrderBy(id => known.Contains(tokens[id]))];
        return new GgufEndTokens(eos, rest.Length > 0 ? rest[0] : null, rest.Length > 1 ? rest[1] : null, [.. rest.Skip(2).Where(id => !known.Contains(tokens[id]))]);
    }

    // Two texts are not meant where others stand beside them.
    private static HashSet<string> Listed(IReadOnlyList<string> tokens)
    {
        var there = tokens.Where(Known.Contains).ToHashSet(StringComparer.Ordinal);
        bool calls = there.Contains("<|call|>") || there.Contains("<|calls|>");
        if (calls && (there.Contains("<|return|>") || there.Contains("<|flush|>")))
        {
            there.Remove("<|end|>");
        }

        if (there.Contains("<|tool_response>"))
        {
            there.Remove("</s>");
        }

        return there;
    }

    private static int? Id(object? value) => value switch
    {
        uint id and <= int.MaxValue => (int)id,
        int id and >= 0 => id,
        ulong id and <= int.MaxValue => (int)id,
        long id and >= 0 and <= int.MaxValue => (int)id,
        ushort id => id,
        _ => null,
    };
}
