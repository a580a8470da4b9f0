namespace Attune.Data;

/// <summary>What to read and how.</summary>
public sealed record ExampleSource
{
    /// <summary>
    /// Files to read: names, patterns (<c>data/*.jsonl</c>, <c>data/**/*.csv</c>), or folders with all data files below them. Of patterns and
    /// folders, files or folders that are called train, validation (valid, val, dev) or test (eval), as words of their names, belong to that
    /// split. Other rows are divided by <see cref="Split"/>.
    /// </summary>
    public required IReadOnlyList<string> Train { get; init; }

    /// <summary>Files for validation; they exclude a share or column for it.</summary>
    public IReadOnlyList<string> Validation { get; init; } = [];

    /// <summary>Files for the test; they exclude a share or column for it.</summary>
    public IReadOnlyList<string> Test { get; init; } = [];

    /// <summary>How the files are read.</summary>
    public ReadOptions Read { get; init; } = ReadOptions.Default;

    /// <summary>The form's name (<c>messages</c>, <c>sharegpt</c>, <c>alpaca</c>, <c>prompt-completion</c>, <c>text</c>, <c>labelled</c>, <c>label-first</c>); null: told by the columns.</summary>
    public string? Form { get; init; }

    /// <summary>For columns of other names: the messages that a row becomes. Excludes <see cref="Form"/>. Null: none.</summary>
    public IReadOnlyList<MappedColumn>? Map { get; init; }

    /// <summary>The labels that rows may have; empty: any. Numbers and truth values are one label however they are spelled: 1 and 1.0, true and True.</summary>
    public IReadOnlyList<string> Labels { get; init => field = [.. value.Select(LabelSpelling.Of)]; } = [];

    /// <summary>Whether white space around the values of <see cref="Map"/> is removed.</summary>
    public bool Trim { get; init; } = true;

    /// <summary>
    /// Whether rows of columns (mapped, Alpaca, prompt and completion, text) whose text is empty, and rows that have null for their messages, are
    /// left out and counted; otherwise they are bad rows. An empty message in a list of messages always is.
    /// </summary>
    public bool DropEmpty { get; init; } = true;

    /// <summary>How rows are divided.</summary>
    public SplitRule Split { get; init; } = new();

    /// <summary>How many bad rows may be left out.</summary>
    public int SkipBad { get; init; }
}
