using Attune.Text;

namespace Attune.Generation;

/// <summary>
/// Turns tokens into text as they come: only whole characters, and nothing that could still turn out to be the beginning of a stop string,
/// which is no part of the text.
/// </summary>
public sealed class RunningText
{
    private readonly StreamDecoder decoder;
    private readonly IReadOnlyList<string> stops;
    private string held = "";
    private bool stopped;

    /// <summary>Begins a text.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="stops">The stop strings.</param>
    /// <param name="before">Tokens that the text goes on from, so that a space between them and it is kept; empty: it stands by itself, as a reply does.</param>
    public RunningText(Tokenizer tokenizer, IReadOnlyList<string> stops, IReadOnlyList<int> before)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(stops);
        decoder = tokenizer.CreateStreamDecoder();
        this.stops = stops;
        ArgumentNullException.ThrowIfNull(before);
        foreach (int token in before.Skip(before.Count - 8))
        {
            decoder.Push(token);
        }
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="token">The token.</param>
    /// <returns>The text that is certain now, perhaps empty.</returns>
    public string Push(int token) => Take(decoder.Push(token) ?? "", last: false);

    /// <summary>Ends the text.</summary>
    /// <returns>What was held back, perhaps empty.</returns>
    public string Finish() => Take(decoder.Flush(), last: true);

    private string Take(string piece, bool last)
    {
        if (stopped)
        {
            return "";
        }

        string text = held + piece;
        int end = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        stopped = end >= 0;
        if (!stopped)
        {
            end = last ? text.Length : text.Length - Begun(text);
        }

        held = stopped ? "" : text[end..];
        return text[..end];
    }

    /// <summary>How many characters at the end could begin a stop string.</summary>
    private int Begun(string text)
    {
        for (int length = Math.Min(text.Length, stops.Select(stop => stop.Length - 1).DefaultIfEmpty(0).Max()); length > 0; length--)
        {
            var end = text.AsSpan(text.Length - length);
            foreach (string stop in stops)
            {
                if (stop.Length > length && stop.AsSpan().StartsWith(end, StringComparison.Ordinal))
                {
                    return length;
                }
            }
        }

        return 0;
    }
}
