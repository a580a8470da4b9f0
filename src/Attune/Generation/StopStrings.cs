using Attune.Text;

namespace Attune.Generation;

/// <summary>Finds the token that completes a stop string. As in transformers, a string may begin in the prompt, and special tokens count as text.</summary>
internal sealed class StopStrings
{
    private readonly Tokenizer tokenizer;
    private readonly IReadOnlyList<string> strings;
    private readonly int window;

    public StopStrings(Tokenizer tokenizer, IReadOnlyList<string> strings)
    {
        this.tokenizer = tokenizer;
        this.strings = strings;

        // A token is at least a byte; what the first ones lose at the window's edge is no part of any match.
        window = strings.Max(System.Text.Encoding.UTF8.GetByteCount) + 4;
    }

    /// <summary>Whether the last token completes a stop string, wherever in that token it ends.</summary>
    /// <param name="tokens">Prompt and text so far.</param>
    public bool CompletedBy(ReadOnlySpan<int> tokens)
    {
        var last = tokens[Math.Max(0, tokens.Length - window)..];
        string text = tokenizer.Decode(last, skipSpecialTokens: false);

        // Half a character decodes to U+FFFD, and becomes another one when it is complete.
        int before = tokenizer.Decode(last[..^1], skipSpecialTokens: false).TrimEnd('\uFFFD').Length;
        return strings.Any(stop => text.IndexOf(stop, Math.Max(0, Math.Min(before, text.Length) - stop.Length + 1), StringComparison.Ordinal) >= 0);
    }
}
