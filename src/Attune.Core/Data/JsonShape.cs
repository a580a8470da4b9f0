using System.Text;

namespace Attune.Data;

/// <summary>What the names of a file's one JSON object hold, found in one pass that keeps none of it.</summary>
internal sealed class JsonShape
{
    private const int MostMembers = 10_000, MostName = 1_000;

    private readonly List<JsonMember> _members = [];
    private readonly List<byte> _name = [];
    private long _offset = -1, _line = 1;
    private int _depth;
    private bool _inString, _escaped, _inName, _expectsName, _expectsValue, _inElement, _closed;

    /// <summary>The object's names; null where the file is not one whole object with nothing before or behind it.</summary>
    /// <param name="path">The file.</param>
    public static List<JsonMember>? Of(string path)
    {
        using FileStream file = RowFiles.Open(path);
        var shape = new JsonShape();
        byte[] buffer = new byte[64 << 10];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            foreach (byte value in buffer.AsSpan(0, read))
            {
                if (!shape.Take(value))
                {
                    return null;
                }
            }
        }

        return shape._closed ? shape._members : null;
    }

    // False where the file is no single object.
    private bool Take(byte value)
    {
        _offset++;
        _line += value == '\n' ? 1 : 0;
        if (_inElement)
        {
            _members[^1].Add(value);
        }

        if (_inString)
        {
            InString(value);
            return true;
        }

        if (value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' || _offset < 3 && value is 0xEF or 0xBB or 0xBF)
        {
            return true;
        }

        if (_closed || _depth == 0 && value != '{')
        {
            return false;
        }

        Look(value);
        Step(value);
        return _members.Count <= MostMembers;
    }

    private void InString(byte value)
    {
        bool ends = !_escaped && value == '"';
        _escaped = !_escaped && value == '\\';
        _inString = !ends;
        if (_inName && !ends && _name.Count < MostName)
        {
            _name.Add(value);
        }

        _expectsName &= !(_inName && ends);
        _inName &= !ends;
    }

    private void Look(byte value)
    {
        if (_depth == 1 && _expectsValue)
        {
            _expectsValue = false;
            _members.Add(new JsonMember(Encoding.UTF8.GetString([.. _name]), value, _offset, _line));
        }
        else if (_depth == 2 && _members is [.., { First: 0 } member] && value is not ((byte)']' or (byte)'}'))
        {
            member.First = value;
            member.Add(value);
            _inElement = value == '{';
        }
    }

    private void Step(byte value)
    {
        switch (value)
        {
            case (byte)'"':
                _inString = true;
                _inName = _depth == 1 && _expectsName;
                if (_inName)
                {
                    _name.Clear();
                }

                break;
            case (byte)'{' or (byte)'[':
                _expectsName = ++_depth == 1;
                break;
            case (byte)'}' or (byte)']':
                _closed = --_depth == 0;
                _inElement &= _depth > 2;
                break;
            case (byte)':' when _depth == 1:
                _expectsValue = true;
                break;
            case (byte)',' when _depth == 1:
                _expectsName = true;
                break;
        }
    }
}
