namespace Attune.Data;

/// <summary>A name of a JSON object and where its value lies.</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">The value's first byte.</param>
/// <param name="Offset">Where the value begins, in bytes.</param>
/// <param name="Line">The line on which it begins.</param>
internal sealed record JsonMember(string Name, byte Kind, long Offset, long Line)
{
    private const int MostBytes = 64 << 10;

    private readonly List<byte> _element = [];

    /// <summary>The first byte inside the value; 0: it is empty, or neither a list nor an object.</summary>
    public byte First { get; set; }

    /// <summary>Whether it is a list of objects that are not the messages of a conversation.</summary>
    public bool IsRows => Kind == '[' && First == '{' && !IsMessage();

    /// <summary>Keeps a byte of the first element.</summary>
    public void Add(byte value)
    {
        if (_element.Count < MostBytes)
        {
            _element.Add(value);
        }
    }

    private bool IsMessage() => JsonRow.Read([.. _element], default, out _) is { } first
        && (first.TryGet("role", out _) && first.TryGet("content", out _) || first.TryGet("from", out _) && first.TryGet("value", out _));
}
