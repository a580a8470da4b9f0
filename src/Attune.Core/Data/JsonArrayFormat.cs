using System.Buffers;

namespace Attune.Data;

/// <summary>A JSON file that is one list of objects, read element by element. One that begins otherwise is read as JSON Lines.</summary>
internal sealed class JsonArrayFormat : IRowFormat
{
    public string Name => "json";

    public IReadOnlyList<string> Extensions { get; } = [".json"];

    public IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad) =>
        FirstByte(path) == '[' ? ReadArray(path, bad) : new JsonLinesFormat().Read(path, options, bad);

    private static int FirstByte(string path)
    {
        using FileStream file = RowFiles.Open(path);
        foreach (Line line in LineReader.Read(file))
        {
            if (!RowFiles.IsBlank(line.Bytes.Span))
            {
                return line.Bytes.Span[line.Bytes.Span.IndexOfAnyExcept(" \t\r"u8)];
            }
        }

        return -1;
    }

    private static IEnumerable<DataRow> ReadArray(string path, BadRows bad)
    {
        using FileStream file = RowFiles.Open(path);
        var splitter = new ArraySplitter();
        byte[] buffer = new byte[64 << 10];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            for (int i = 0; i < read; i++)
            {
                if (!splitter.Take(buffer[i]))
                {
                    continue;
                }

                var place = new RowPlace(path, splitter.Line);
                if (splitter.Element.Length > RowFormats.MaxRowBytes)
                {
                    bad.Add(place, RowFiles.TooLong(splitter.Element.Length) + " (a bracket or quote that is not closed?); what follows it was not read", Excerpt.Of(splitter.Element.Span));
                    yield break;
                }

                if (JsonRow.Read(splitter.Element.Span, place, out string reason) is { } row)
                {
                    yield return row;
                }
                else
                {
                    bad.Add(place, reason, Excerpt.Of(splitter.Element.Span));
                }
            }
        }

        if (!splitter.IsClosed)
        {
            bad.Add(new RowPlace(path, splitter.Line), "the file ends inside its list (it was cut off)", Excerpt.Of(splitter.Element.Span));
        }
    }

    /// <summary>Finds where the elements of a JSON list begin and end; whether they are JSON is not its question.</summary>
    private sealed class ArraySplitter
    {
        private readonly ArrayBufferWriter<byte> _element = new();
        private long _line = 1;
        private int _depth = -1;                    // -1 before the list, 0 in it, more inside an element
        private bool _inString, _escaped, _done;

        /// <summary>The element that ended last, until the next byte is taken.</summary>
        public ReadOnlyMemory<byte> Element => _element.WrittenMemory;

        /// <summary>The line on which it began.</summary>
        public long Line { get; private set; } = 1;

        public bool IsClosed { get; private set; }

        /// <summary>Takes a byte; true where an element ended with it.</summary>
        public bool Take(byte value)
        {
            if (_done)
            {
                _element.ResetWrittenCount();
                _done = false;
            }

            _line += value == '\n' ? 1 : 0;
            if (_inString)
            {
                _inString = _escaped || value != '"';
                _escaped = !_escaped && value == '\\';
                return Add(value);
            }

            if (_depth < 0)
            {
                _depth = value == '[' ? 0 : -1;
                return false;
            }

            if (_depth == 0 && value is (byte)',' or (byte)']' && _depth == 0)
            {
                IsClosed |= value == ']';
                return _done = _element.WrittenCount > 0;
            }

            if (_element.WrittenCount == 0)
            {
                if (value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                {
                    return false;
                }

                Line = _line;
                IsClosed = false;                   // text after the list's end is an element without a list
            }

            _depth += value is (byte)'{' or (byte)'[' ? 1 : value is (byte)'}' or (byte)']' ? -1 : 0;
            _inString = value == '"';
            return Add(value);
        }

        private bool Add(byte value)
        {
            _element.GetSpan(1)[0] = value;
            _element.Advance(1);
            return _done = _element.WrittenCount > RowFormats.MaxRowBytes;
        }
    }
}
