namespace Attune.Text;

/// <summary>Decodes tokens as they come, and holds text back while a character is incomplete.</summary>
public sealed class StreamDecoder
{
    private readonly Tokenizer tokenizer;
    private readonly bool skipSpecialTokens;
    private readonly List<int> ids = [];
    private string prefix = "";
    private int prefixIndex;

    internal StreamDecoder(Tokenizer tokenizer, bool skipSpecialTokens)
    {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The text that it completes; null where it completes none.</returns>
    public string? Push(int id)
    {
        if (prefix.Length == 0 && ids.Count > 0)
        {
            string before = Decode();
            if (!IsIncomplete(before))
            {
                prefix = before;
                prefixIndex = ids.Count;
            }
        }

        ids.Add(id);
        string text = Decode();
        if (text.Length <= prefix.Length || IsIncomplete(text))
        {
            return null;
        }

        int shared = text.StartsWith(prefix, StringComparison.Ordinal) ? prefix.Length : text.AsSpan().CommonPrefixLength(prefix);
        int left = ids.Count - prefixIndex;
        ids.RemoveRange(0, prefixIndex);
        prefix = Decode();
        prefixIndex = left;
        return text[shared..];
    }

    /// <summary>The text of tokens that were held back: characters that never became complete.</summary>
    /// <returns>What is left, perhaps empty. The decoder then begins anew.</returns>
    public string Flush()
    {
        string text = Decode();
        string rest = text.Length > prefix.Length ? text[prefix.Length..] : "";
        ids.Clear();
        prefix = "";
        prefixIndex = 0;
        return rest;
    }

    private static bool IsIncomplete(string text) => text.EndsWith('\uFFFD');

    private string Decode() => tokenizer.Decode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids), skipSpecialTokens);
}
