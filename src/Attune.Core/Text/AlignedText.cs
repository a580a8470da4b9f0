namespace Attune.Text;

/// <summary>
/// A text that grows at its end and knows, for each of its UTF-16 units, which stretch of the original it stands for. While every unit
/// stands for one unit of the original, and neighbours for neighbours, nothing but a shift is stored.
/// </summary>
internal sealed class AlignedText
{
    private char[] units;
    private int[]? starts;
    private int[]? ends;
    private int shift;

    /// <summary>An empty text.</summary>
    public AlignedText(int capacity = 16) => units = new char[capacity];

    /// <summary>A text that stands for itself: the original from <paramref name="shift"/> on.</summary>
    public AlignedText(ReadOnlySpan<char> original, int shift = 0)
    {
        units = original.ToArray();
        Length = units.Length;
        this.shift = shift;
    }

    public int Length { get; private set; }

    public ReadOnlySpan<char> Span => units.AsSpan(0, Length);

    public ReadOnlySpan<char> Slice(int start, int end) => units.AsSpan(start, end - start);

    /// <summary>Where the unit's stretch of the original begins.</summary>
    public int OriginalStart(int unit) => starts is null ? shift + unit : starts[unit];

    /// <summary>Where the unit's stretch of the original ends.</summary>
    public int OriginalEnd(int unit) => ends is null ? shift + unit + 1 : ends[unit];

    /// <summary>The stretch of the original that units from <paramref name="start"/> up to <paramref name="end"/> stand for.</summary>
    public TextRange Original(int start, int end)
    {
        if (start < end)
        {
            return new TextRange(OriginalStart(start), OriginalEnd(end - 1));
        }

        int at = Length == 0 ? shift : start < Length ? OriginalStart(start) : OriginalEnd(Length - 1);
        return new TextRange(at, at);
    }

    public void Append(char unit, int originalStart, int originalEnd)
    {
        if (Length == units.Length)
        {
            Grow(Length + 1);
        }

        if (starts is null)
        {
            if (Length == 0)
            {
                shift = originalStart;
            }

            if (originalStart != shift + Length || originalEnd != originalStart + 1)
            {
                Materialise();
            }
        }

        if (starts is not null)
        {
            starts[Length] = originalStart;
            ends![Length] = originalEnd;
        }

        units[Length++] = unit;
    }

    public void AppendCodePoint(int codePoint, int originalStart, int originalEnd)
    {
        if (codePoint < 0x10000)
        {
            Append((char)codePoint, originalStart, originalEnd);
            return;
        }

        Append((char)(0xD7C0 + (codePoint >> 10)), originalStart, originalEnd);
        Append((char)(0xDC00 | (codePoint & 0x3FF)), originalStart, originalEnd);
    }

    /// <summary>Appends units of another text with what they stand for.</summary>
    public void Append(AlignedText source, int start, int end)
    {
        int count = end - start;
        if (count <= 0)
        {
            return;
        }

        if (source.starts is null && starts is null && (Length == 0 || source.shift + start == shift + Length))
        {
            if (Length == 0)
            {
                shift = source.shift + start;
            }

            Grow(Length + count);
            source.Slice(start, end).CopyTo(units.AsSpan(Length));
            Length += count;
            return;
        }

        for (int i = start; i < end; i++)
        {
            Append(source.units[i], source.OriginalStart(i), source.OriginalEnd(i));
        }
    }

    private void Materialise()
    {
        starts = new int[units.Length];
        ends = new int[units.Length];
        for (int i = 0; i < Length; i++)
        {
            starts[i] = shift + i;
            ends[i] = shift + i + 1;
        }
    }

    private void Grow(int needed)
    {
        if (needed <= units.Length)
        {
            return;
        }

        int size = Math.Max(needed, checked(units.Length * 2));
        Array.Resize(ref units, size);
        if (starts is not null)
        {
            Array.Resize(ref starts, size);
            Array.Resize(ref ends, size);
        }
    }
}
