using System.Buffers.Binary;
using Attune.Formats;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Data.Parquet;

/// <summary>Where a column's pages of one row group lie.</summary>
internal readonly record struct ColumnChunk(PhysicalType Type, int Codec, long Values, long Start);

/// <summary>Rows that lie together.</summary>
internal sealed record RowGroup(long Rows, ColumnChunk[] Columns);

/// <summary>What stands at a Parquet file's end: the schema and where everything lies.</summary>
internal sealed class ParquetFooter
{
    private const int MaxDepth = 24;

    private ParquetFooter(SchemaNode root, SchemaNode[] leaves, List<RowGroup> groups, long start) =>
        (Root, Leaves, RowGroups, Start) = (root, leaves, groups, start);

    public SchemaNode Root { get; }

    /// <summary>The columns, in the order of their chunks.</summary>
    public SchemaNode[] Leaves { get; }

    public List<RowGroup> RowGroups { get; }

    /// <summary>The footer's first byte: pages end before it.</summary>
    public long Start { get; }

    public static ParquetFooter Read(FileStream file, string path)
    {
        long length = file.Length;
        byte[] ends = new byte[12];
        if (length < 12 || RowFiles.Read(file, ends.AsSpan(0, 4), 0) < 4 || RowFiles.Read(file, ends.AsSpan(4), length - 8) < 8
            || !ends.AsSpan(0, 4).SequenceEqual("PAR1"u8))
        {
            throw new FormatException(path, 0, "this is no Parquet file (it does not begin with PAR1)");
        }

        if (!ends.AsSpan(8).SequenceEqual("PAR1"u8))
        {
            throw new FormatException(path, length - 4, ends.AsSpan(8).SequenceEqual("PARE"u8) ? "the file is encrypted, which Attune cannot read" : "the file was cut off (it does not end with PAR1)");
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(ends.AsSpan(4));
        if (size > length - 12)
        {
            throw new FormatException(path, length - 8, $"the footer claims {size} bytes, more than the file has");
        }

        byte[] bytes = new byte[size];
        long start = length - 8 - size;
        bytes = bytes[..RowFiles.Read(file, bytes, start)];
        return Read(bytes, path, start, new MemoryBudget(path, length));
    }

    private static ParquetFooter Read(byte[] bytes, string path, long start, MemoryBudget budget)
    {
        var thrift = new ThriftReader(bytes, path, start);
        List<(SchemaNode Node, int Children)> schema = [];
        List<RowGroup> groups = [];
        for (int id = 0; thrift.Field(ref id, out ThriftType type);)
        {
            switch (id)
            {
                case 2:
                    for (int left = thrift.List(type, out ThriftType element); left > 0; left--)
                    {
                        thrift.Struct(element);
                        budget.Take(200, thrift.Offset);
                        schema.Add(Element(ref thrift));
                    }

                    break;
                case 4:
                    for (int left = thrift.List(type, out ThriftType element); left > 0; left--)
                    {
                        thrift.Struct(element);
                        budget.Take(100, thrift.Offset);
                        groups.Add(Group(ref thrift, budget, start));
                    }

                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }

        var leaves = new List<SchemaNode>();
        int next = 0;
        SchemaNode root = schema.Count > 0 ? Build(schema, ref next, leaves, null, 0, path, start) : throw new FormatException(path, start, "the file has no schema");
        if (next != schema.Count || leaves.Count == 0)
        {
            throw new FormatException(path, start, leaves.Count == 0 ? "the file has no columns" : "the schema's counts of children do not add up");
        }

        Check(leaves, groups, path, start);
        return new ParquetFooter(root, [.. leaves], groups, start);
    }

    private static void Check(List<SchemaNode> leaves, List<RowGroup> groups, string path, long start)
    {
        long rows = 0;
        foreach (RowGroup group in groups)
        {
            if (group.Columns.Length != leaves.Count)
            {
                throw new FormatException(path, start, $"a row group has {group.Columns.Length} columns, the schema {leaves.Count}");
            }

            if (leaves.Where((leaf, i) => leaf.Type != group.Columns[i].Type).FirstOrDefault() is { } other)
            {
                throw new FormatException(path, start, $"the type of column \"{Excerpt.Of(other.Name)}\" is one in the schema and another in a row group");
            }

            rows += group.Rows;
            if (group.Rows > Most(start) || rows > Most(start))
            {
                throw new FormatException(path, start, $"{rows} rows cannot lie in {start} bytes");
            }
        }
    }

    // A schema element: 1 type, 2 type_length, 3 repetition, 4 name, 5 children, 6 converted type, 7 scale, 10 logical type.
    private static (SchemaNode Node, int Children) Element(ref ThriftReader thrift)
    {
        long physical = -1, repetition = 0, converted = -1;
        int length = 0, children = 0, scale = 0;
        string name = "";
        Meaning meaning = Meaning.None;
        for (int id = 0; thrift.Field(ref id, out ThriftType type);)
        {
            switch (id)
            {
                case 1: physical = thrift.Integer(type); break;
                case 2: length = thrift.Count(type); break;
                case 3: repetition = thrift.Integer(type); break;
                case 4: name = thrift.Text(type); break;
                case 5: children = thrift.Count(type); break;
                case 6: converted = thrift.Integer(type); break;
                case 7: scale = thrift.Count(type); break;
                case 10: meaning = Logical(ref thrift, type); break;
                default: thrift.Skip(type); break;
            }
        }

        if (children == 0 && physical is < 0 or > 7 || repetition is < 0 or > 2 || scale > 38 || name.Contains('\0'))
        {
            throw thrift.Error($"the schema's element \"{Excerpt.Of(name)}\" makes no sense");
        }

        meaning = meaning != Meaning.None ? meaning : converted switch
        {
            0 or 4 or 19 => Meaning.Text,
            3 => Meaning.List,
            5 => Meaning.Decimal,
            6 => Meaning.Date,
            9 => Meaning.TimestampMillis,
            10 => Meaning.TimestampMicros,
            >= 11 and <= 14 => Meaning.Unsigned,
            _ => Meaning.None,
        };
        return (new SchemaNode { Name = name, Type = (PhysicalType)physical, TypeLength = length, Repetition = (Repetition)repetition, Meaning = meaning, Scale = scale }, children);
    }

    // A union: the one field that is there says the type; a timestamp holds its unit, an integer its sign.
    private static Meaning Logical(ref ThriftReader thrift, ThriftType type)
    {
        thrift.Struct(type);
        Meaning meaning = Meaning.None;
        for (int id = 0; thrift.Field(ref id, out ThriftType field);)
        {
            meaning = id switch { 1 or 4 or 12 => Meaning.Text, 3 => Meaning.List, 5 => Meaning.Decimal, 6 => Meaning.Date, _ => Meaning.None };
            if (id is not (8 or 10) || field != ThriftType.Struct)
            {
                thrift.Skip(field);
                continue;
            }

            bool isTimestamp = id == 8;
            for (int inner = 0; thrift.Field(ref inner, out ThriftType part);)
            {
                if (isTimestamp && inner == 2 && part == ThriftType.Struct)
                {
                    for (int unit = 0; thrift.Field(ref unit, out ThriftType empty); thrift.Skip(empty))
                    {
                        meaning = unit switch { 1 => Meaning.TimestampMillis, 2 => Meaning.TimestampMicros, 3 => Meaning.TimestampNanos, _ => Meaning.None };
                    }
                }
                else if (!isTimestamp && inner == 2)
                {
                    meaning = thrift.Boolean(part) ? Meaning.None : Meaning.Unsigned;
                }
                else
                {
                    thrift.Skip(part);
                }
            }
        }

        return meaning;
    }

    // A row group: 1 columns, 3 rows.
    private static RowGroup Group(ref ThriftReader thrift, MemoryBudget budget, long end)
    {
        List<ColumnChunk> columns = [];
        long rows = -1;
        for (int id = 0; thrift.Field(ref id, out ThriftType type);)
        {
            switch (id)
            {
                case 1:
                    for (int left = thrift.List(type, out ThriftType element); left > 0; left--)
                    {
                        thrift.Struct(element);
                        budget.Take(80, thrift.Offset);
                        columns.Add(Chunk(ref thrift, end));
                    }

                    break;
                case 3: rows = thrift.Integer(type); break;
                default: thrift.Skip(type); break;
            }
        }

        return rows >= 0 ? new RowGroup(rows, [.. columns]) : throw thrift.Error("a row group does not say how many rows it has");
    }

    // A column chunk: 1 another file, 3 metadata (1 type, 4 codec, 5 values, 9 data page, 11 dictionary page), 8 encryption.
    private static ColumnChunk Chunk(ref ThriftReader thrift, long end)
    {
        long physical = -1, codec = 0, values = -1, data = 0, dictionary = 0;
        for (int id = 0; thrift.Field(ref id, out ThriftType type);)
        {
            if (id is 1 or 8)
            {
                throw thrift.Error(id == 1 ? "the columns lie in other files, which Attune does not read" : "a column is encrypted, which Attune cannot read");
            }

            if (id != 3)
            {
                thrift.Skip(type);
                continue;
            }

            thrift.Struct(type);
            for (int inner = 0; thrift.Field(ref inner, out ThriftType part);)
            {
                switch (inner)
                {
                    case 1: physical = thrift.Integer(part); break;
                    case 4: codec = thrift.Integer(part); break;
                    case 5: values = thrift.Integer(part); break;
                    case 9: data = thrift.Integer(part); break;
                    case 11: dictionary = thrift.Integer(part); break;
                    default: thrift.Skip(part); break;
                }
            }
        }

        long start = dictionary > 0 ? Math.Min(dictionary, data) : data;
        if (physical is < 0 or > 7 || values < 0 || start < 4 && values > 0 || values > Most(end) || start > end || codec is < 0 or > 7)
        {
            throw thrift.Error("a column's place or type makes no sense");
        }

        return new ColumnChunk((PhysicalType)physical, (int)codec, values, start);
    }

    // No row of use takes less than a bit, whatever its encoding.
    private static long Most(long bytes) => 64 * (bytes + 64);

    // The elements stand depth first, each with its number of children.
    private static SchemaNode Build(
        List<(SchemaNode Node, int Children)> schema, ref int next, List<SchemaNode> leaves, SchemaNode? parent, int depth, string path, long start)
    {
        var (node, children) = next < schema.Count && depth <= MaxDepth ? schema[next]
            : throw new FormatException(path, start, depth > MaxDepth ? $"the schema is nested deeper than {MaxDepth}" : "the schema's counts of children do not add up");
        next++;
        bool root = parent is null;
        node.Definition = root ? 0 : parent!.Definition + (node.Repetition == Repetition.Required ? 0 : 1);
        node.RepetitionLevel = root ? 0 : parent!.RepetitionLevel + (node.Repetition == Repetition.Repeated ? 1 : 0);
        node.FirstColumn = leaves.Count;
        if (children > schema.Count - next)
        {
            throw new FormatException(path, start, "the schema's counts of children do not add up");
        }

        if (children == 0)
        {
            leaves.Add(node);
            return node;
        }

        node.Children = new SchemaNode[children];
        for (int i = 0; i < children; i++)
        {
            node.Children[i] = Build(schema, ref next, leaves, node, depth + 1, path, start);
        }

        if (node.Children.GroupBy(child => child.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new FormatException(path, start, $"two columns are named \"{Excerpt.Of(twice.Key)}\"");
        }

        node.Columns = leaves.Count - node.FirstColumn;
        return node;
    }
}
