using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Attune.Data.Parquet;

/// <summary>Puts the columns' entries together to rows, written as JSON.</summary>
internal sealed class RowAssembler(SchemaNode root, ColumnCursor[] cursors, ArrayBufferWriter<byte> buffer)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>What is wrong with the row written last; null: nothing.</summary>
    public string? Flaw { get; private set; }

    /// <summary>Writes the next row into the buffer.</summary>
    public void WriteRow()
    {
        Flaw = null;
        buffer.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(buffer, Plain);
        if (cursors.FirstOrDefault(cursor => !cursor.HasEntry || cursor.Repetition != 0) is { } wrong)
        {
            throw wrong.Error(wrong.HasEntry ? "a row begins in the middle of a list" : "there are fewer entries than rows");
        }

        WriteGroup(root, writer);
    }

    private void WriteGroup(SchemaNode group, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (SchemaNode child in group.Children)
        {
            writer.WritePropertyName(child.Name);
            WriteNode(child, writer);
        }

        writer.WriteEndObject();
    }

    private void WriteNode(SchemaNode node, Utf8JsonWriter writer)
    {
        ColumnCursor first = cursors[node.FirstColumn];
        if (node.Repetition == Repetition.Repeated)
        {
            WriteList(node, node, writer);
        }
        else if (first.Definition < node.Definition)
        {
            Pass(node);
            writer.WriteNullValue();
        }
        else if (node.ListGroup is { } list)
        {
            WriteList(list, list.IsWrapper ? list.Children[0] : list, writer);
        }
        else
        {
            WriteContent(node, writer);
        }
    }

    // The elements of a repeated node; element: the node itself or its only child.
    private void WriteList(SchemaNode list, SchemaNode element, Utf8JsonWriter writer)
    {
        ColumnCursor first = cursors[list.FirstColumn];
        writer.WriteStartArray();
        if (first.Definition < list.Definition)
        {
            Pass(list);
        }
        else
        {
            do
            {
                if (element == list)
                {
                    WriteContent(list, writer);
                }
                else
                {
                    WriteNode(element, writer);
                }
            }
            while (first.HasEntry && first.Repetition == list.RepetitionLevel && buffer.WrittenCount + writer.BytesPending <= RowFormats.MaxRowBytes);
            PassRest(list);
        }

        writer.WriteEndArray();
    }

    private void WriteContent(SchemaNode node, Utf8JsonWriter writer)
    {
        if (node.Children.Length > 0)
        {
            WriteGroup(node, writer);
            return;
        }

        ColumnCursor cursor = cursors[node.FirstColumn];
        if (cursor.Definition != node.Definition)
        {
            throw cursor.Error("the columns of a group do not agree on what is there");
        }

        WriteValue(node, cursor.Value, writer);
        cursor.Advance();
    }

    // Nothing is there: every column under the node has one entry that says so.
    private void Pass(SchemaNode node)
    {
        for (int i = node.FirstColumn; i < node.FirstColumn + node.Columns; i++)
        {
            if (!cursors[i].HasEntry || cursors[i].Definition >= node.Definition)
            {
                throw cursors[i].Error("the columns of a group do not agree on what is there");
            }

            cursors[i].Advance();
        }
    }

    // A list that is longer than a row may be: its other entries are not written.
    private void PassRest(SchemaNode list)
    {
        ColumnCursor first = cursors[list.FirstColumn];
        bool more = first.HasEntry && first.Repetition >= list.RepetitionLevel;
        Flaw ??= more ? $"a row of more than {RowFormats.MaxRowBytes >> 20} MiB" : null;
        for (int i = list.FirstColumn; i < list.FirstColumn + list.Columns; i++)
        {
            while (cursors[i].HasEntry && cursors[i].Repetition >= list.RepetitionLevel)
            {
                if (!more)
                {
                    throw cursors[i].Error("the columns of a list do not agree on its length");
                }

                cursors[i].Advance();
            }
        }
    }

    private void WriteValue(SchemaNode leaf, in ColumnValue value, Utf8JsonWriter writer)
    {
        switch (leaf.Type)
        {
            case PhysicalType.Boolean: writer.WriteBooleanValue(value.Integer != 0); break;
            case PhysicalType.Int32 or PhysicalType.Int64: WriteInteger(leaf, value.Integer, writer); break;
            case PhysicalType.Float when float.IsFinite((float)value.Real): writer.WriteNumberValue((float)value.Real); break;
            case PhysicalType.Double when double.IsFinite(value.Real): writer.WriteNumberValue(value.Real); break;
            case PhysicalType.Float or PhysicalType.Double: writer.WriteStringValue(value.Real.ToString(CultureInfo.InvariantCulture)); break;
            default: WriteBytes(leaf, value.Bytes.Span, writer); break;
        }
    }

    private static void WriteInteger(SchemaNode leaf, long value, Utf8JsonWriter writer)
    {
        decimal perSecond = leaf.Meaning switch { Meaning.TimestampMillis => 1_000, Meaning.TimestampMicros => 1_000_000, Meaning.TimestampNanos => 1_000_000_000, _ => 0 };
        if (leaf.Meaning == Meaning.Date || perSecond > 0)
        {
            decimal ticks = leaf.Meaning == Meaning.Date ? (decimal)value * TimeSpan.TicksPerDay : decimal.Floor(value / perSecond * TimeSpan.TicksPerSecond);
            decimal since = ticks + DateTime.UnixEpoch.Ticks;
            bool inCalendar = since >= 0 && since <= DateTime.MaxValue.Ticks;
            writer.WriteStringValue(!inCalendar ? value.ToString(CultureInfo.InvariantCulture)
                : new DateTime((long)since, DateTimeKind.Unspecified).ToString(leaf.Meaning == Meaning.Date ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture));
        }
        else if (leaf.Meaning == Meaning.Decimal)
        {
            writer.WriteNumberValue(leaf.Scale > 28 ? 0 : new decimal(value) / Power(leaf.Scale));
        }
        else if (leaf.Meaning == Meaning.Unsigned)
        {
            writer.WriteNumberValue(leaf.Type == PhysicalType.Int32 ? (uint)value : (ulong)value);
        }
        else
        {
            writer.WriteNumberValue(value);
        }
    }

    // Text where it is said to be text, or could be; else how many bytes there are, which no form takes for text.
    private void WriteBytes(SchemaNode leaf, ReadOnlySpan<byte> value, Utf8JsonWriter writer)
    {
        bool valid = Utf8.IsValid(value) && !value.Contains((byte)0);
        if (leaf.Meaning == Meaning.Text && !valid)
        {
            Flaw ??= $"{(Utf8.IsValid(value) ? "a NUL character" : "invalid UTF-8")} in column \"{Excerpt.Of(leaf.Name)}\"";
        }

        if (value.Length > RowFormats.MaxRowBytes)
        {
            Flaw ??= RowFiles.TooLong(value.Length);
        }

        if (Flaw is not null)
        {
            writer.WriteNullValue();
        }
        else if (valid && (leaf.Meaning == Meaning.Text || leaf is { Type: PhysicalType.ByteArray, Meaning: Meaning.None }))
        {
            writer.WriteStringValue(value);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteNumber("bytes", value.Length);
            writer.WriteEndObject();
        }
    }

    private static decimal Power(int scale)
    {
        decimal power = 1;
        for (int i = 0; i < scale; i++)
        {
            power *= 10;
        }

        return power;
    }
}
