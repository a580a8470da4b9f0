namespace Attune.Formats;

/// <summary>
/// Reads the fields of one protobuf message, in the order in which they stand there. Messages within it are bytes, for a reader of their
/// own; groups, which nothing writes any more, are refused.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message, string file, long start = 0)
{
    private ByteReader reader = new(message, file, start);
    private int wire;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Where the next read begins, counted from the file's first byte.</summary>
    public readonly long Offset => reader.Offset;

    /// <summary>Goes to the next field; false at the message's end. The value must be read or skipped.</summary>
    public bool Next()
    {
        if (reader.Remaining == 0)
        {
            return false;
        }

        ulong key = Varint();
        (Field, wire) = ((int)Math.Min(key >> 3, int.MaxValue), (int)(key & 7));
        return Field > 0 ? true : throw reader.Error("a protobuf field has the number 0", "is it a protobuf file?");
    }

    /// <summary>The value of an integer, an enumeration or a truth value.</summary>
    public ulong Integer(string what) => wire == 0 ? Varint() : throw Wrong(what, "an integer");

    public float Float(string what) => wire == 5 ? reader.F32(what) : throw Wrong(what, "a 32-bit number");

    public string Text(string what) => wire == 2 ? reader.Text(Varint(), what) : throw Wrong(what, "text");

    /// <summary>Bytes, or a message, with the place in the file at which they begin.</summary>
    public ReadOnlySpan<byte> Bytes(string what, out long start)
    {
        if (wire != 2)
        {
            throw Wrong(what, "bytes");
        }

        ulong length = Varint();
        start = reader.Offset;
        return reader.Bytes(length, what);
    }

    /// <summary>Leaves a value out.</summary>
    public void Skip()
    {
        switch (wire)
        {
            case 0:
                Varint();
                break;
            case 1:
                reader.Bytes(8, "a field");
                break;
            case 2:
                reader.Bytes(Varint(), "a field");
                break;
            case 5:
                reader.Bytes(4, "a field");
                break;
            default:
                throw reader.Error($"protobuf knows no wire type {wire} here", "is it a protobuf file?");
        }
    }

    public readonly FormatException Error(string problem, string? cure = null) => reader.Error(problem, cure);

    private ulong Varint() => reader.Varint("a protobuf number");

    private readonly FormatException Wrong(string what, string expected) => reader.Error($"{what} must be {expected} (wire type {wire})");
}
