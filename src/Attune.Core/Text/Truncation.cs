using System.Text.Json;

namespace Attune.Text;

/// <summary>How rows that are too long are cut.</summary>
/// <param name="MaxLength">How many tokens a row may have, added ones included.</param>
public sealed record Truncation(int MaxLength)
{
    /// <summary>Which text of a pair is cut.</summary>
    public TruncationStrategy Strategy { get; init; }

    /// <summary>How many tokens each window of what is cut off shares with the one before; less than what a window holds of a text.</summary>
    public int Stride { get; init; }

    /// <summary>At which end tokens are cut off.</summary>
    public Side Side { get; init; }

    internal static Truncation Read(Part part) => new(part.Int("max_length"))
    {
        Strategy = part.StringOrNull("strategy") switch
        {
            null or "LongestFirst" => TruncationStrategy.LongestFirst,
            "OnlyFirst" => TruncationStrategy.OnlyFirst,
            "OnlySecond" => TruncationStrategy.OnlySecond,
            string other => throw part.Error($"unknown strategy \"{other}\"", "it is one of LongestFirst, OnlyFirst, OnlySecond"),
        },
        Stride = part.IntOrNull("stride") ?? 0,
        Side = Padding.ReadSide(part),
    };

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteString("direction", Side.ToString());
        json.WriteNumber("max_length", MaxLength);
        json.WriteString("strategy", Strategy.ToString());
        json.WriteNumber("stride", Stride);
    }

    /// <summary>Cuts one text, or two, so that together they have at most <paramref name="length"/> tokens.</summary>
    internal void Apply(List<EncodingBuilder> texts, int length)
    {
        int excess = texts.Sum(text => text.Count) - length;
        if (excess <= 0)
        {
            return;
        }

        if (length == 0)
        {
            for (int i = 0; i < texts.Count; i++)
            {
                texts[i] = Cut(texts[i], 0);
            }

            return;
        }

        if (Strategy == TruncationStrategy.LongestFirst)
        {
            if (texts.Count == 1)
            {
                texts[0] = Cut(texts[0], length);
                return;
            }

            (int first, int second) = Share(texts[0].Count, texts[1].Count, length);
            texts[0] = Cut(texts[0], first);
            texts[1] = Cut(texts[1], second);
            return;
        }

        int which = Strategy == TruncationStrategy.OnlyFirst ? 0 : 1;
        if (which >= texts.Count)
        {
            throw new AttuneException(ExitCode.BadData, null, "there is no second text to truncate", "truncate the first, or the longest");
        }

        if (texts[which].Count <= excess)
        {
            throw new AttuneException(
                ExitCode.BadData, null, $"the text to truncate is too short: {texts[which].Count} tokens, of which {excess} must go", "raise the maximum length");
        }

        texts[which] = Cut(texts[which], texts[which].Count - excess);
    }

    // The shorter text keeps its length where it can; else each has half, the second the odd token.
    private static (int First, int Second) Share(int first, int second, int length)
    {
        int less = Math.Min(first, second);
        int more = less > length ? less : Math.Max(less, length - less);
        if (less + more > length)
        {
            less = length / 2;
            more = less + (length % 2);
        }

        return first > second ? (more, less) : (less, more);
    }

    private EncodingBuilder Cut(EncodingBuilder text, int length)
    {
        if (text.Count <= length)
        {
            return text;
        }

        if (length == 0)
        {
            EncodingBuilder none = text.Slice(0, 0);
            none.Overflowing.Add(text);
            return none;
        }

        if (Stride >= length)
        {
            throw new AttuneException(
                ExitCode.Usage, null, $"the stride {Stride} must be less than the {length} tokens that are left for a text", "lower the stride or raise the maximum length");
        }

        List<EncodingBuilder> windows = Windows(text.Count, length).Select(window => text.Slice(window.Start, window.End)).ToList();
        windows[0].Overflowing.AddRange(windows.Skip(1));
        return windows[0];
    }

    private IEnumerable<TextRange> Windows(int count, int length)
    {
        for (int from = 0; ; from += length - Stride)
        {
            int to = Math.Min(from + length, count);
            yield return Side == Side.Right ? new TextRange(from, to) : new TextRange(count - to, count - from);
            if (to == count)
            {
                yield break;
            }
        }
    }
}
