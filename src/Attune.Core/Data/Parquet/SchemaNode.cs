namespace Attune.Data.Parquet;

/// <summary>How a column's bytes are laid out.</summary>
internal enum PhysicalType
{
    Boolean, Int32, Int64, Int96, Float, Double, ByteArray, FixedLengthByteArray,
}

/// <summary>What a column's values mean, as far as that changes how they are written down.</summary>
internal enum Meaning
{
    None, Text, List, Decimal, Date, TimestampMillis, TimestampMicros, TimestampNanos, Unsigned,
}

/// <summary>How often a value may come.</summary>
internal enum Repetition
{
    Required, Optional, Repeated,
}

/// <summary>A node of a Parquet file's schema: a group with children, or a column.</summary>
internal sealed class SchemaNode
{
    public required string Name { get; init; }

    public Repetition Repetition { get; init; }

    public PhysicalType Type { get; init; }

    public int TypeLength { get; init; }

    public Meaning Meaning { get; init; }

    public int Scale { get; init; }

    public SchemaNode[] Children { get; set; } = [];

    /// <summary>The definition level at which this is there.</summary>
    public int Definition { get; set; }

    /// <summary>The repetition level at which this comes again.</summary>
    public int RepetitionLevel { get; set; }

    /// <summary>The first of the columns under this, and how many there are.</summary>
    public int FirstColumn { get; set; }

    /// <summary>How many columns are under this (1: it is one).</summary>
    public int Columns { get; set; } = 1;

    /// <summary>
    /// In a list of the usual three levels (the list, its repeated group, the element) the repeated group; else null. Where the group
    /// holds one thing, that is the element.
    /// </summary>
    public SchemaNode? ListGroup => Meaning == Meaning.List && Children is [{ Repetition: Repetition.Repeated } group] ? group : null;

    /// <summary>Whether a repeated group is only there to repeat its one child.</summary>
    public bool IsWrapper => Children.Length == 1 && Name != "array" && !Name.EndsWith("_tuple", StringComparison.Ordinal);
}
