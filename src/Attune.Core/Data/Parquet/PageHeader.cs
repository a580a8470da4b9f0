namespace Attune.Data.Parquet;

/// <summary>What stands before a page.</summary>
internal sealed class PageHeader
{
    /// <summary>0 data, 1 index, 2 dictionary, 3 data in the second layout.</summary>
    public int Type { get; private set; } = -1;

    public int Size { get; private set; } = -1;

    public int CompressedSize { get; private set; } = -1;

    public int Values { get; private set; } = -1;

    public int Encoding { get; private set; } = -1;

    /// <summary>Bytes of the levels in the second layout.</summary>
    public int DefinitionBytes { get; private set; }

    public int RepetitionBytes { get; private set; }

    public bool IsCompressed { get; private set; } = true;

    public static PageHeader Read(ref ThriftReader thrift)
    {
        var header = new PageHeader();
        for (int id = 0; thrift.Field(ref id, out ThriftType type);)
        {
            switch (id)
            {
                case 1: header.Type = thrift.Count(type); break;
                case 2: header.Size = thrift.Count(type); break;
                case 3: header.CompressedSize = thrift.Count(type); break;
                case 5 or 7 or 8: header.ReadInner(ref thrift, type, second: id == 8); break;
                default: thrift.Skip(type); break;
            }
        }

        bool known = header.Type is 0 or 1 or 2 or 3 && header.Size >= 0 && header.CompressedSize >= 0;
        bool counted = header.Type == 1 || header.Values >= 0 && header.Encoding >= 0;
        long levels = (long)header.DefinitionBytes + header.RepetitionBytes;
        return known && counted && levels <= header.Size && levels <= header.CompressedSize ? header : throw thrift.Error("a page's header makes no sense");
    }

    // Both layouts and the dictionary begin alike: 1 values; 2 (in the second layout 4) encoding.
    private void ReadInner(ref ThriftReader thrift, ThriftType outer, bool second)
    {
        thrift.Struct(outer);
        for (int id = 0; thrift.Field(ref id, out ThriftType type);)
        {
            switch (id)
            {
                case 1: Values = thrift.Count(type); break;
                case 2 when !second: Encoding = thrift.Count(type); break;
                case 4 when second: Encoding = thrift.Count(type); break;
                case 5 when second: DefinitionBytes = thrift.Count(type); break;
                case 6 when second: RepetitionBytes = thrift.Count(type); break;
                case 7 when second: IsCompressed = thrift.Boolean(type); break;
                default: thrift.Skip(type); break;
            }
        }
    }
}
