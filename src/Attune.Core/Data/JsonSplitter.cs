using System.Buffers;

namespace Attune.Data;

/// <summary>
/// Finds where the rows of JSON text begin and end: objects one behind the other, with or without line ends or commas between them, and the
/// elements of lists. Whether they are JSON is not its question.
/// </summary>
/// <param name="line">The line on which the text begins.</param>
/// <param name="isIndented">Whether objects that go over several lines are indented: one that begins a line then is a row of its own, and what stood
/// before it was cut off.</param>
/// <param name="oneList">Whether the text that matters is one list, and what follows it is passed over.</param>
internal sealed class JsonSplitter(long line = 1, bool isIndented = false, bool oneList = false)
{
    private readonly ArrayBufferWriter<byte> _element = new();
    private long _line = line;
    private int _depth;
    private byte _last = (byte)'\n';
    private bool _inList, _inString, _escaped, _done, _pending, _ended;

    /// <summary>The row that ended last, until the next byte is taken.</summary>
    public ReadOnlyMemory<byte> Element => _element.WrittenMemory;

    /// <summary>The line on which it began.</summary>
    public long Line { get; private set; } = line;

    /// <summary>Whether the text, if it ended here, would end inside a row or a list.</summary>
    public bool IsOpen => _inList || _pending || !_done && _element.WrittenCount > 0;

    /// <summary>Takes a byte; true where a row ended with it.</summary>
    public bool Take(byte value)
    {
        if (_ended)
        {
            return false;
        }

        if (_done)
        {
            _element.ResetWrittenCount();
            _done = _inString = _escaped = false;
            _depth = 0;
            if (_pending)
            {
                _pending = false;
                Begin((byte)'{');
            }
        }

        bool atLineStart = _last == '\n';
        _last = value;
        _line += value == '\n' ? 1 : 0;
        if (isIndented && atLineStart && value == '{' && !_inList && _depth > 0)
        {
            return _pending = _done = true;             // what was open stays so: it is no JSON, and its reader says so
        }

        if (_inString)
        {
            _inString = _escaped || value != '"';
            _escaped = !_escaped && value == '\\';
            return Add(value);
        }

        return _element.WrittenCount == 0 ? Between(value) : Inside(value);
    }

    private bool Between(byte value)
    {
        if (value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)',')
        {
            return false;
        }

        if (!_inList && value == '[')
        {
            _inList = true;
            return false;
        }

        if (_inList && value == ']')
        {
            _inList = false;
            _ended = oneList;
            return false;
        }

        return Begin(value);
    }

    private bool Begin(byte value)
    {
        Line = _line;
        _depth = value is (byte)'{' or (byte)'[' ? 1 : 0;
        _inString = value == '"';
        return Add(value);
    }

    private bool Inside(byte value)
    {
        if (_inList && _depth == 0 && value is (byte)',' or (byte)']')
        {
            _inList = value == ',';
            _ended = oneList && !_inList;
            return _done = true;
        }

        // Text between objects that is none goes to the end of its line.
        if (!_inList && _depth == 0 && value == '\n')
        {
            return _done = true;
        }

        bool opens = value is (byte)'{' or (byte)'[', closes = value is (byte)'}' or (byte)']';
        _depth += (opens ? 1 : 0) - (closes ? 1 : 0);
        _inString = value == '"';
        bool full = Add(value);
        return full || closes && !_inList && _depth == 0 && _element.WrittenSpan[0] == '{' && (_done = true);
    }

    private bool Add(byte value)
    {
        _element.GetSpan(1)[0] = value;
        _element.Advance(1);
        return _done = _element.WrittenCount > RowFormats.MaxRowBytes;
    }
}
