using System.Text;

namespace Attune.Text;

/// <summary>
/// Rewrites a stretch of an <see cref="AlignedText"/>, code point by code point. What takes the place of a code point stands for what
/// that one stood for; what is inserted stands for what its predecessor stood for.
/// </summary>
internal ref struct TextRewriter
{
    private readonly AlignedText source;
    private readonly AlignedText output;
    private readonly int begin;
    private readonly int end;
    private int cursor;

    public TextRewriter(AlignedText source, int begin, int end, AlignedText output)
    {
        this.source = source;
        this.begin = begin;
        this.end = end;
        this.output = output;
        cursor = begin;
    }

    /// <summary>The stretch, before the rewriting.</summary>
    public readonly ReadOnlySpan<char> Text => source.Slice(begin, end);

    /// <summary>
    /// Writes <paramref name="codePoint"/>. <paramref name="change"/> 0: in the place of the next code point; 1: inserted; negative: in
    /// the place of the next one and of that many after it.
    /// </summary>
    public void Emit(int codePoint, int change)
    {
        if (change > 0)
        {
            if (cursor > begin)
            {
                output.AppendCodePoint(codePoint, source.OriginalStart(cursor - 1), source.OriginalEnd(cursor - 1));
            }
            else
            {
                int at = source.Original(begin, begin).Start;
                output.AppendCodePoint(codePoint, at, at);
            }

            return;
        }

        if (cursor >= end)
        {
            throw new InvalidOperationException("A rewriting replaces more than there is.");
        }

        output.AppendCodePoint(codePoint, source.OriginalStart(cursor), source.OriginalEnd(cursor));
        Skip(1 - change);
    }

    /// <summary>Leaves out that many code points.</summary>
    public void Skip(int codePoints)
    {
        for (; codePoints > 0 && cursor < end; codePoints--)
        {
            cursor += CodePoints.LengthAt(source.Slice(cursor, end), 0);
        }
    }

    /// <summary>Leaves out units up to the given one, counted from the stretch's start.</summary>
    public void SkipTo(int unit) => cursor = begin + unit;

    /// <summary>Keeps units up to the given one, counted from the stretch's start.</summary>
    public void KeepTo(int unit)
    {
        output.Append(source, cursor, begin + unit);
        cursor = begin + unit;
    }

    /// <summary>Keeps what is left.</summary>
    public void KeepRest() => KeepTo(end - begin);
}
