namespace Attune.Data;

/// <summary>How to read a file whose name and content do not say it all.</summary>
public sealed record ReadOptions
{
    /// <summary>What the user named nothing for.</summary>
    public static ReadOptions Default { get; } = new();

    /// <summary>The format's name (<c>jsonl</c>, <c>json</c>, <c>csv</c>, <c>tsv</c>, <c>parquet</c>, <c>text</c>); null: by the file's extension.</summary>
    public string? Format { get; init; }

    /// <summary>The columns' names of a CSV or TSV file that has no header line; null: the first line is the header.</summary>
    public IReadOnlyList<string>? ColumnNames { get; init; }

    /// <summary>
    /// What separates the columns of a CSV or TSV file, an ASCII character; null: a tab in TSV, else what Excel's first line <c>sep=;</c> says, or
    /// that of comma,
    /// semicolon, tab and bar which divides the first lines into equally many fields.
    /// </summary>
    public char? Delimiter { get; init; }

    /// <summary>What a row of a plain text file is.</summary>
    public TextUnit TextUnit { get; init; } = TextUnit.Document;
}

/// <summary>What makes a row of a plain text file.</summary>
public enum TextUnit
{
    /// <summary>The whole file; one of more than 4 MiB is cut between paragraphs.</summary>
    Document,

    /// <summary>What stands between empty lines.</summary>
    Paragraph,

    /// <summary>Every line that is not empty.</summary>
    Line,
}
