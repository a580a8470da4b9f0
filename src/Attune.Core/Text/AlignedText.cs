namespace Attune.Text;

/// <summary>
/// A text that grows at its end and knows, for each of its UTF-16 units, which stretch of the original it stands for. While every unit
/// stands for one unit of the original, and neighbours for neighbours, nothing but a shift is stored.
/// </summary>
internal sealed class AlignedText
{
    private char[] units;
    private int[] starts = [];
    private int[] ends = [];
    private bool isShifted = true;
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

    /// <summary>How many units it has room for.</summary>
    public int Capacity => units.Length;

    /// <summary>Empties it, with room for <paramref name="capacity"/> units.</summary>
    public void Clear(int capacity)
    {
        Length = 0;
        shift = 0;
        isShifted = true;
        Grow(capacity);
    }

    /// <summary>Appends a text that stands for itself: the original from <paramref name="shift"/> on. Nothing may be there yet.</summary>
    public void Fill(ReadOnlySpan<char> original, int shift)
    {
        Clear(original.Length);
        original.CopyTo(units);
        Length = original.Length;
        this.shift = shift;
    }

    public ReadOnlySpan<char> Span => units.AsSpan(0, Length);

    public ReadOnlySpan<char> Slice(int start, int end) => units.AsSpan(start, end - start);

    /// <summary>Where the unit's stretch of the original begins.</summary>
    public int OriginalStart(int unit) => isShifted ? shift + unit : starts[unit];

    /// <summary>Where the unit's stretch of the original ends.</summary>
    public int OriginalEnd(int unit) => isShifted ? shift + unit + 1 : ends[unit];

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

        if (isShifted)
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

        if (!isShifted)
        {
            starts[Length] = originalStart;
            ends[Length] = originalEnd;
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

        if (source.isShifted && isShifted && (Length == 0 || source.shift + start == shift + Length))
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

    /// <summary>Appends units of another text, each as <paramref name="spelling"/> has it, up to the first that it has no place for.</summary>
    /// <returns>How many were appended.</returns>
    public int AppendSpelled(AlignedText source, int start, int end, ReadOnlySpan<char> spelling)
    {
        Grow(Length + end - start);
        if (source.isShifted && isShifted && Length == 0)
        {
            shift = source.shift + start;
        }

        bool goesOn = source.isShifted && isShifted && source.shift + start == shift + Length;
        if (!goesOn && isShifted)
        {
            Materialise();
        }

        ReadOnlySpan<char> from = source.units.AsSpan(start, end - start);
        Span<char> to = units.AsSpan(Length, from.Length);
        int count = 0;
        while (count < from.Length && from[count] < spelling.Length)
        {
            to[count] = spelling[from[count]];
            count++;
        }

        for (int i = 0; !goesOn && i < count; i++)
        {
            starts[Length + i] = source.OriginalStart(start + i);
            ends[Length + i] = source.OriginalEnd(start + i);
        }

        Length += count;
        return count;
    }

    private void Materialise()
    {
        isShifted = false;
        if (starts.Length < units.Length)
        {
            starts = new int[units.Length];
            ends = new int[units.Length];
        }

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
        if (!isShifted)
        {
            Array.Resize(ref starts, size);
            Array.Resize(ref ends, size);
        }
    }
}
