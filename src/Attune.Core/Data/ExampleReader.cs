using System.Text.Json;

namespace Attune.Data;

/// <summary>Reads examples one by one, from all files, each with its split; holds no more than one of them.</summary>
public sealed class ExampleReader
{
    // Rows looked at before it is said that the columns are those of no known form.
    private const int Patience = 100;

    // Rows against which later ones are compared: the memory must not grow with the file without end.
    private const int Remembered = 2_000_000;

    private readonly ExampleSource _source;
    private readonly IExampleForm? _form;
    private readonly Dictionary<UInt128, Split> _seen = [];

    /// <summary>Creates a reader; nothing is read yet.</summary>
    /// <param name="source">What to read and how.</param>
    /// <exception cref="AttuneException">The options contradict each other or name what does not exist.</exception>
    public ExampleReader(ExampleSource source)
    {
        _source = source;
        _ = new Splitter(source.Split);                 // contradictions are told before a file is looked for
        if (source.Form is not null && source.Map is not null)
        {
            throw new AttuneException(ExitCode.Usage, null, "a form and a map of columns exclude each other", "give one of them");
        }

        _form = source.Map is { } map ? new ColumnsForm(map, source.Trim) : source.Form is { } name ? ExampleForms.Find(name) : null;
    }

    /// <summary>What became of the rows read so far.</summary>
    public DataCounts Counts { get; } = new();

    /// <summary>The form of the rows read so far; null before the first.</summary>
    public IExampleForm? Form { get; private set; }

    /// <summary>Told of rows that are neither given nor bad: where they stand, and why they are left out.</summary>
    internal Action<RowPlace, string>? Passed { get; init; }

    /// <summary>Reads all files in order. Nothing is limited to a sample here: who takes the rows knows which of them are usable.</summary>
    /// <param name="bad">Takes the bad rows. Who reads to the end asks it then whether there are too many.</param>
    public IEnumerable<(Split Split, Example Example)> Read(BadRows bad)
    {
        int before = bad.Rows.Count;
        DataFiles files = DataFiles.Of(_source, bad.Notices);
        var splitter = new Splitter(files.Rule);
        foreach (var (file, given) in files.Files)
        {
            int badBefore = bad.Rows.Count;
            FileRows counts = Counts.Begin(file);
            foreach (Example example in ReadFile(file, bad))
            {
                if ((given ?? splitter.Of(example)) is not { } split)
                {
                    Counts.Unsplit++;
                    counts.Left++;
                    string value = Excerpt.Of(example.SplitValue ?? "");
                    Passed?.Invoke(example.Place, $"the value {value} of data.split.column names no split, so the row is left out");
                    bad.Notices.Add("rows-without-split", n => $"{Words.Count(n, "row")} {Words.Of(n, "was", "were")} left out: the value in column \"{_source.Split.Column}\" names no split",
                        $"{example.Place}: {value}", "name the value in data.split.train, validation or test");
                    continue;
                }

                counts.Add(split);
                CountCopies(example, split, bad.Notices);
                yield return (split, example);
            }

            counts.Bad = bad.Rows.Count - badBefore;
        }

        Counts.Bad = bad.Rows.Count - before;
        Counts.Rows += Counts.Bad;
    }

    private IEnumerable<Example> ReadFile(string file, BadRows bad)
    {
        IExampleForm? form = _form;
        var waiting = new List<DataRow>();
        foreach (DataRow row in RowFormats.Read(file, _source.Read, bad))
        {
            form ??= ExampleForms.Detect(row);
            waiting.Add(row);
            if (form is null)
            {
                if (waiting.Count == Patience)
                {
                    throw ExampleForms.None(waiting[0]);
                }

                continue;
            }

            Form = form;
            foreach (DataRow ready in waiting)
            {
                if (ReadRow(form, ready, bad) is { } example)
                {
                    yield return example;
                }
            }

            waiting.Clear();
        }

        if (waiting.Count > 0)
        {
            throw ExampleForms.None(waiting[0]);
        }
    }

    private Example? ReadRow(IExampleForm form, DataRow row, BadRows bad)
    {
        try
        {
            CheckColumns(form, row);
            Example? example = form.Read(row);
            if (example is null)
            {
                Counts.Empty += _source.DropEmpty ? 1 : throw new BadRowException("a text that the row needs is empty");
                Counts.Rows++;
                Counts.Files[^1].Left++;
                Passed?.Invoke(row.Place, "a text that the row needs is empty, so the row is left out (data.drop_empty)");
                return null;
            }

            CheckLabel(example);
            example = example with { Place = row.Place, Group = Value(row, _source.Split.GroupBy), SplitValue = Value(row, _source.Split.Column) };
            Counts.Rows++;
            MessageText.Tell(example, bad.Notices);
            return example;
        }
        catch (AttuneException error) when (error.ExitCode == ExitCode.BadData)
        {
            string? excerpt = (error as BadRowException)?.Excerpt;
            bad.Add(row.Place, error.Problem, Excerpt.Of(excerpt ?? row.Fields.GetRawText()));
            return null;
        }
    }

    private void CheckLabel(Example example)
    {
        if (example is LabelledText { Label: var label } && _source.Labels.Count > 0 && !_source.Labels.Contains(label))
        {
            throw new BadRowException($"the label {Excerpt.Of(label)} is none of data.labels ({string.Join(", ", _source.Labels.Take(20))}){NearestName.Question(label, _source.Labels)}");
        }
    }

    // A column that the very first row lacks is a slip of the recipe, not of ten thousand rows.
    private void CheckColumns(IExampleForm form, DataRow row)
    {
        string? problem = form is LabelledForm ? LabelledForm.Missing(row) : (form as ColumnsForm)?.Missing(row);
        foreach (string? column in new[] { _source.Split.GroupBy, _source.Split.Column })
        {
            problem ??= column is null || row.Fields.TryGetProperty(column, out _) ? null : $"there is no column \"{column}\"{NearestName.Question(column, row.Columns)}";
        }

        if (problem is not null)
        {
            throw Counts.Rows > 0 ? new BadRowException(problem) : new AttuneException(ExitCode.Usage, row.Place.ToString(), problem,
                "the columns are " + string.Join(", ", row.Columns.Take(50).Select(column => Excerpt.Of(column))));
        }
    }

    private static string? Value(DataRow row, string? column)
    {
        if (column is null)
        {
            return null;
        }

        JsonElement value = row.Fields.GetProperty(column);
        return DataRow.AsText(value) is { Length: > 0 } text ? text : throw new BadRowException($"column \"{column}\" is empty or no text", value.GetRawText());
    }

    private void CountCopies(Example example, Split split, Notices notices)
    {
        UInt128 hash = example.ContentHash();
        if (_seen.TryGetValue(hash, out Split first))
        {
            Counts.Duplicates++;
            if (first == split)
            {
                notices.Add("equal-rows", n => $"{Words.Count(n, "row")} {Words.Of(n, "says", "say")} exactly what an earlier row of the same split says; {Words.Of(n, "it is", "they are")} kept",
                    example.Place.ToString());
                return;
            }

            Counts.Straddling++;
            notices.Add("rows-on-both-sides", n => $"{Words.Count(n, "row")} {Words.Of(n, "has", "have")} an exact copy in another split: what is measured on such rows the model has been trained on",
                $"{example.Place} ({split.ToString().ToLowerInvariant()}; the copy is in {first.ToString().ToLowerInvariant()})",
                "remove them from one side; data.split with shares never divides equal rows");
        }
        else if (_seen.Count < Remembered)
        {
            _seen.Add(hash, split);
        }
    }
}
