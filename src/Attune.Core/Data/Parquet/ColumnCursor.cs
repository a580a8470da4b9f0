using System.Numerics;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Data.Parquet;

/// <summary>Goes through a column of one row group, an entry at a time; holds one page and the dictionary.</summary>
internal sealed class ColumnCursor
{
    private readonly FileStream _file;
    private readonly string _path;
    private readonly SchemaNode _leaf;
    private readonly ColumnChunk _chunk;
    private readonly long _end;
    private long _next;                 // the next page's first byte
    private long _left;                 // entries of the chunk that are not in a page yet read
    private int _pageLeft;
    private RleReader? _repetitions, _definitions;
    private ValueReader? _values;
    private ColumnDictionary? _dictionary;
    private ColumnValue _value;

    public ColumnCursor(FileStream file, string path, SchemaNode leaf, ColumnChunk chunk, long end)
    {
        (_file, _path, _leaf, _chunk, _end, _next, _left) = (file, path, leaf, chunk, end, chunk.Start, chunk.Values);
        Advance();
    }

    /// <summary>Whether there is an entry here; false after the last.</summary>
    public bool HasEntry { get; private set; }

    /// <summary>At which level the entry repeats: 0 begins a row.</summary>
    public int Repetition { get; private set; }

    /// <summary>How much of its path is there; the leaf's own level: a value.</summary>
    public int Definition { get; private set; }

    public ref readonly ColumnValue Value => ref _value;

    public void Advance()
    {
        while (_pageLeft == 0 && _left > 0)
        {
            ReadPage();
        }

        HasEntry = _pageLeft > 0;
        if (!HasEntry)
        {
            return;
        }

        _pageLeft--;
        Repetition = (int)(_repetitions?.Next() ?? 0);
        Definition = (int)(_definitions?.Next() ?? (uint)_leaf.Definition);
        if (Repetition > _leaf.RepetitionLevel || Definition > _leaf.Definition)
        {
            throw Error("a level is higher than the schema allows");
        }

        if (Definition == _leaf.Definition)
        {
            _values!.Next(ref _value);
        }
    }

    public FormatException Error(string problem) => new(_path, _next, $"column \"{Excerpt.Of(_leaf.Name)}\": {problem}");

    private void ReadPage()
    {
        PageHeader header = ReadHeader(out long body);
        if (header.CompressedSize > _end - body)
        {
            throw Error($"a page of {header.CompressedSize} bytes goes beyond the pages' end");
        }

        byte[] bytes = new byte[header.CompressedSize];
        if (RowFiles.Read(_file, bytes, body) < bytes.Length)
        {
            throw Error("the file became shorter while it was read");
        }

        long offset = _next;
        _next = body + header.CompressedSize;
        switch (header.Type)
        {
            case 2:
                ReadDictionary(header, bytes, offset);
                break;
            case 0 or 3:
                if (header.Values > _left)
                {
                    throw Error($"a page holds {header.Values} entries where {_left} are left");
                }

                ReadData(header, bytes, offset);
                _left -= header.Values;
                _pageLeft = header.Values;
                break;
        }
    }

    // A header may hold the page's smallest and largest text: most are short, a few are not.
    private PageHeader ReadHeader(out long body)
    {
        for (int size = 1 << 10; ; size <<= 5)
        {
            byte[] window = new byte[Math.Min(size, Math.Max(0, _end - _next))];
            window = window[..RowFiles.Read(_file, window, _next)];
            try
            {
                var thrift = new ThriftReader(window, _path, _next);
                PageHeader header = PageHeader.Read(ref thrift);
                body = thrift.Offset;
                return header;
            }
            catch (FormatException) when (window.Length == size && size < 1 << 20)
            {
                // Once more with a larger window.
            }
        }
    }

    private void ReadDictionary(PageHeader header, byte[] bytes, long offset)
    {
        if (_dictionary is not null || header.Encoding is not (0 or 2))
        {
            throw Error(_dictionary is null ? $"a dictionary in encoding {header.Encoding}" : "two dictionaries");
        }

        var page = new PageBytes(PageCodec.Decompress(bytes, header.Size, _chunk.Codec, _path, offset), _path, offset);
        _dictionary = new ColumnDictionary(page, header.Values, _leaf.Type, _leaf.TypeLength);
    }

    private void ReadData(PageHeader header, byte[] bytes, long offset)
    {
        PageBytes page;
        if (header.Type == 0)
        {
            page = new PageBytes(PageCodec.Decompress(bytes, header.Size, _chunk.Codec, _path, offset), _path, offset);
            _repetitions = _leaf.RepetitionLevel > 0 ? Levels(page.Part(page.U32()), _leaf.RepetitionLevel) : null;
            _definitions = _leaf.Definition > 0 ? Levels(page.Part(page.U32()), _leaf.Definition) : null;
        }
        else
        {
            int levels = header.RepetitionBytes + header.DefinitionBytes;
            var raw = new PageBytes(bytes, _path, offset);
            _repetitions = Levels(raw.Part(header.RepetitionBytes), _leaf.RepetitionLevel);
            _definitions = Levels(raw.Part(header.DefinitionBytes), _leaf.Definition);
            page = new PageBytes(PageCodec.Decompress(bytes[levels..], header.Size - levels, header.IsCompressed ? _chunk.Codec : 0, _path, offset), _path, offset);
        }

        _values = Reader(header.Encoding, page);
    }

    private static RleReader? Levels(PageBytes bytes, int highest) => highest == 0 ? null : new RleReader(bytes, BitOperations.Log2((uint)highest) + 1);

    private ValueReader Reader(int encoding, PageBytes page) => (encoding, _leaf.Type) switch
    {
        (0, _) => new PlainReader(page, _leaf.Type, _leaf.TypeLength),
        (2 or 8, _) => new DictionaryReader(_dictionary ?? throw Error("a page of indices without a dictionary"), page),
        (9, PhysicalType.Int32 or PhysicalType.Float) => new ByteStreamReader(page, _leaf.Type, 4),
        (9, PhysicalType.Int64 or PhysicalType.Double) => new ByteStreamReader(page, _leaf.Type, 8),
        (3, PhysicalType.Boolean) => new RleBooleanReader(page),
        (5, PhysicalType.Int32 or PhysicalType.Int64) => page.Left > 0 ? new DeltaIntegerReader(page, _leaf.Type) : new PlainReader(page, _leaf.Type, 0),
        (6, PhysicalType.ByteArray) => page.Left > 0 ? new DeltaLengthReader(page) : new PlainReader(page, _leaf.Type, 0),
        (7, PhysicalType.ByteArray) => page.Left > 0 ? new DeltaPrefixReader(page) : new PlainReader(page, _leaf.Type, 0),
        _ => throw Error($"encoding {encoding} of {_leaf.Type} is not supported"),
    };
}
