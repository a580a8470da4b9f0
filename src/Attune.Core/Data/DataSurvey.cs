namespace Attune.Data;

/// <summary>What data is, before a recipe is written for it: which task it suits, how its columns are read, and how many rows of what length there
/// are.</summary>
internal sealed record DataSurvey
{
    private const int FirstRows = 500, MostRows = 200_000, SampleRows = 1_000;
    private const long LongText = 2_000;

    private readonly List<Example> _sample = [];
    private readonly List<int> _lengths = [];
    private readonly HashSet<UInt128> _distinct = [];
    private readonly SortedDictionary<string, int> _labels = new(StringComparer.Ordinal);

    /// <summary>The task, the mapping and why.</summary>
    public required ColumnGuess Guess { get; init; }

    /// <summary>What a row of a plain text file is best taken for.</summary>
    public TextUnit TextUnit { get; private init; } = TextUnit.Document;

    /// <summary>Rows that can be used, by split: as the names of files say.</summary>
    public IReadOnlyDictionary<Split, long> Rows { get; private set; } = new Dictionary<Split, long>();

    /// <summary>Different rows to train on.</summary>
    public int Distinct => _distinct.Count;

    /// <summary>Whether all rows were read, or only the first of them.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>What is wrong with rows.</summary>
    public BadRows Bad { get; } = new(int.MaxValue);

    /// <summary>The first rows to train on.</summary>
    public IReadOnlyList<Example> Sample => _sample;

    /// <summary>The lengths of the rows to train on, in characters.</summary>
    public IReadOnlyList<int> Characters => _lengths;

    /// <summary>Labels and how many rows have them.</summary>
    public IReadOnlyDictionary<string, int> Labels => _labels;

    /// <summary>Looks at data.</summary>
    /// <param name="path">A file, a pattern or a folder.</param>
    /// <param name="task">The task that a user wants; null: what fits.</param>
    /// <exception cref="AttuneException">The data cannot be read, or does not suit the task.</exception>
    public static DataSurvey Of(string path, string? task)
    {
        var source = new ExampleSource { Train = [path] };
        var bad = new BadRows(int.MaxValue);
        string[] files = [.. DataFiles.Of(source, bad.Notices).Files.OrderBy(file => file.Split is null or Split.Train ? 0
            : 1).Select(file => file.File)];
        List<DataRow> first = [.. files.SelectMany(file => RowFormats.Read(file, ReadOptions.Default, bad)).Take(FirstRows)];
        if (first.Count == 0)
        {
            throw bad.Rows.Count > 0 ? new BadDataException(bad.Rows, 0, stopped: false, bad.Seen)
                : new AttuneException(ExitCode.BadData, path, "there is no row");
        }

        bool isText = RowFormats.Find(files[0], ReadOptions.Default) is TextFormat;
        TextUnit unit = isText ? Unit(first, files) : TextUnit.Document;
        ColumnGuess guess = isText && task is null or ColumnGuess.Text && isText ? new ColumnGuess(ColumnGuess.Text, [], Why(unit))
            : ColumnGuess.Of(first, task);
        var survey = new DataSurvey { Guess = guess, TextUnit = unit };
        survey.Read(source with
        {
            Read = ReadOptions.Default with { TextUnit = unit },
            Form = guess.Map.Count > 0 ? null : guess.Task switch { ColumnGuess.Classification => "labelled", ColumnGuess.Text => "text", _ => null },
            Map = guess.Map.Count > 0 ? guess.Map : null,
        });
        return survey;
    }

    private void Read(ExampleSource source)
    {
        long[] rows = new long[3];
        foreach (var (split, example) in new ExampleReader(source).Read(Bad))
        {
            if (rows.Sum() == MostRows)
            {
                IsWhole = false;
                break;
            }

            rows[(int)split]++;
            if (example is LabelledText { Label: var label })
            {
                _labels[label] = _labels.GetValueOrDefault(label) + 1;
            }

            if (split != Split.Train)
            {
                continue;
            }

            _distinct.Add(example.ContentHash());
            _lengths.Add(Length(example));
            if (_sample.Count < SampleRows)
            {
                _sample.Add(example);
            }
        }

        Rows = Enum.GetValues<Split>().ToDictionary(split => split, split => rows[(int)split]);
        if (rows[(int)Split.Train] == 0)
        {
            throw Bad.Rows.Count > 0 ? new BadDataException(Bad.Rows, 0, stopped: false, Bad.Seen)
                : new AttuneException(ExitCode.BadData, string.Join(", ", source.Train), "no row holds a text to train on");
        }
    }

    private static int Length(Example example) => example switch
    {
        Conversation talk => talk.Messages.Sum(message => (message.Content?.Length ?? 0) + 12),
        LabelledText text => text.Text.Length + (text.TextPair?.Length ?? 0),
        PlainText text => text.Text.Length,
        _ => 0,
    };

    // Whole documents are cut where they are long; parts of them are not.
    private static TextUnit Unit(List<DataRow> documents, string[] files)
    {
        string text = documents[0].Fields.GetProperty("text").GetString()!;
        bool isShort = documents.TrueForAll(row => row.Fields.GetProperty("text").GetString()!.Length <= LongText) && files.Length > 1;
        TextUnit part = text.Contains("\n\n", StringComparison.Ordinal) ? TextUnit.Paragraph : TextUnit.Line;
        return isShort ? TextUnit.Document : part;
    }

    private static string Why(TextUnit unit) => "the data is plain text" + unit switch
    {
        TextUnit.Paragraph => ", whose paragraphs are the rows",
        TextUnit.Line => ", whose lines are the rows",
        _ => ", whose files are the rows",
    };
}
