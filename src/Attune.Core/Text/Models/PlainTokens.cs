using System.Runtime.CompilerServices;

namespace Attune.Text.Models;

/// <summary>
/// The vocabulary and the merges as nearly all tokenizer.json files spell them, read several times faster than by a reader of all JSON:
/// they are most of the file. What is spelled in any other way, or wrong, is left to that reader, which also words what is wrong with it.
/// </summary>
internal ref struct PlainTokens
{
    private const int Longest = 1024;

    private readonly ReadOnlySpan<byte> json;
    private readonly Span<byte> left;
    private readonly Span<byte> right;

    /// <summary>Stands behind a bracket.</summary>
    /// <param name="json">Valid UTF-8.</param>
    /// <param name="at">The first byte behind the bracket.</param>
    public PlainTokens(ReadOnlySpan<byte> json, int at)
    {
        this.json = json;
        At = at;
        left = new byte[Longest];
        right = new byte[Longest];
    }

    /// <summary>Where it stands: behind a success at the bracket that closes.</summary>
    public int At { get; private set; }

    /// <summary>Reads the members of an object of tokens and ids; false where they are not plain, and the vocabulary is of no use then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryRead(Vocabulary vocabulary)
    {
        if (Next() == '}')
        {
            return true;
        }

        while (true)
        {
            if (!TryString(left, out ReadOnlySpan<byte> token) || Next() != ':')
            {
                return false;
            }

            At++;
            if (!TryNumber(out int id) || !vocabulary.TryAdd(token, id))
            {
                return false;
            }

            int next = Next();
            if (next != ',')
            {
                return next == '}';
            }

            At++;
            Next();
        }
    }

    /// <summary>Reads the members of a list of merges, as pairs or as strings with a space between; false where they are not plain, and those that were added are of no use then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryRead(Vocabulary vocabulary, List<Merge> merges)
    {
        int guess = -1;
        if (Next() == ']')
        {
            return true;
        }

        while (true)
        {
            if (!TryMerge(out ReadOnlySpan<byte> one, out ReadOnlySpan<byte> other))
            {
                return false;
            }

            var merge = new Merge(vocabulary.IdOf(one), vocabulary.IdOf(other), vocabulary.IdOf(one, other, guess));
            if (merge.Left < 0 || merge.Right < 0)
            {
                return false;
            }

            merges.Add(merge);
            guess = merge.Result + 1;
            int next = Next();
            if (next != ',')
            {
                return next == ']';
            }

            At++;
            Next();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryMerge(out ReadOnlySpan<byte> one, out ReadOnlySpan<byte> other)
    {
        other = default;
        if (Next() != '[')
        {
            if (!TryString(left, out one) || one.StartsWith("#version"u8))
            {
                return false;
            }

            int space = one.IndexOf((byte)' ');
            other = one[(space + 1)..];
            one = one[..Math.Max(space, 0)];
            return space >= 0 && other.IndexOf((byte)' ') < 0;
        }

        At++;
        Next();
        if (!TryString(left, out one) || Next() != ',')
        {
            return false;
        }

        At++;
        Next();
        if (!TryString(right, out other) || Next() != ']')
        {
            return false;
        }

        At++;
        return true;
    }

    // The next byte that is no white space, or -1; it is not gone past.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Next()
    {
        ReadOnlySpan<byte> bytes = json;
        int at = At;
        while ((uint)at < (uint)bytes.Length && IsSpace(bytes[at]))
        {
            at++;
        }

        At = at;
        return at < bytes.Length ? bytes[at] : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryNumber(out int number)
    {
        Next();
        ReadOnlySpan<byte> bytes = json;
        int start = At, at = start;
        number = 0;
        while ((uint)at < (uint)bytes.Length && (uint)(bytes[at] - '0') <= 9 && at - start < 8)
        {
            number = (number * 10) + (bytes[at++] - '0');
        }

        At = at;
        bool leads = at - start > 1 && bytes[start] == '0';
        return at > start && !leads && number < Vocabulary.IdLimit && at < bytes.Length && (bytes[at] is (byte)',' or (byte)'}' || IsSpace(bytes[at]));
    }

    // The string that begins here, without its escapes; numbers of UTF-16 units are not plain.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryString(Span<byte> buffer, out ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> bytes = json;
        text = default;
        int start = At + 1, at = start;
        if ((uint)At >= (uint)bytes.Length || bytes[At] != '"')
        {
            return false;
        }

        while ((uint)at < (uint)bytes.Length && bytes[at] is >= 0x20 and not (byte)'"' and not (byte)'\\')
        {
            at++;
        }

        if ((uint)at >= (uint)bytes.Length || bytes[at] < 0x20)
        {
            return false;
        }

        if (bytes[at] == '"')
        {
            text = bytes[start..at];
            At = at + 1;
            return true;
        }

        return TryEscaped(start, buffer, out text);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryEscaped(int start, Span<byte> buffer, out ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> bytes = json;
        text = default;
        int written = 0;
        for (int at = start; at < bytes.Length && written < buffer.Length; at++)
        {
            byte value = bytes[at];
            if (value == '"')
            {
                text = buffer[..written];
                At = at + 1;
                return true;
            }

            if (value < 0x20)
            {
                return false;
            }

            if (value == '\\')
            {
                at++;
                int meant = at < bytes.Length ? Meant(bytes[at]) : -1;
                if (meant < 0)
                {
                    return false;
                }

                value = (byte)meant;
            }

            buffer[written++] = value;
        }

        return false;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    private static int Meant(byte escape) => escape switch
    {
        (byte)'"' or (byte)'\\' or (byte)'/' => escape,
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        (byte)'n' => '\n',
        (byte)'r' => '\r',
        (byte)'t' => '\t',
        _ => -1,
    };
}
