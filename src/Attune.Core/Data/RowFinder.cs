namespace Attune.Data;

/// <summary>Finds the Nth row of a source as a person counts them: bad rows and those that are left out count as well, a header line and empty lines
/// do not.</summary>
internal sealed class RowFinder
{
    // Rows come a little out of order: those whose form is not known yet are given after bad ones that stand behind them.
    private const int Window = 2_000;

    private readonly List<FoundRow> _found = [];        // of the present file, without those that are surely before the wanted one
    private readonly BadRows _bad;
    private readonly long _number;
    private long _before;
    private int _taken;
    private bool _isFound;

    private RowFinder(long number, BadRows bad) => (_number, _bad) = (number, bad);

    /// <summary>Finds a row.</summary>
    /// <param name="source">What to read.</param>
    /// <param name="number">Which row of all files together, in their order, from 1.</param>
    /// <param name="notices">Takes what is to be said of the rows up to there.</param>
    /// <exception cref="AttuneException">There are fewer rows, or the files cannot be read.</exception>
    public static FoundRow Find(ExampleSource source, long number, Notices notices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        return new RowFinder(number, new BadRows(int.MaxValue, notices)).Find(source);
    }

    private FoundRow Find(ExampleSource source)
    {
        var reader = new ExampleReader(source) { Passed = (place, reason) => Add(new FoundRow(place, null, null, reason, false, "")) };
        foreach (var (split, example) in reader.Read(_bad))
        {
            Add(new FoundRow(example.Place, split, example, "", false, ""));
            if (_isFound || _before + _found.Count >= _number && _found.TrueForAll(row => row.Place.Number <= example.Place.Number))
            {
                break;
            }
        }

        TakeBad();
        if (_before + _found.Count >= _number)
        {
            return _found.OrderBy(row => row.Place.Number).ElementAt((int)(_number - _before - 1));
        }

        string bad = _bad.Rows.Count > 0 ? $", {_bad.Rows.Count:#,0} of them bad" : "";
        throw new AttuneException(ExitCode.Usage, string.Join(", ", source.Train),
            $"there is no row {_number}: the files have {Words.Count(_before + _found.Count, "row")}{bad}",
            _bad.Rows.Count > 0 ? $"the first bad one is {_bad.Rows[0]}" : null);
    }

    private void Add(FoundRow row)
    {
        TakeBad();
        AddOne(row);
    }

    private void TakeBad()
    {
        for (; _taken < _bad.Rows.Count; _taken++)
        {
            BadRow row = _bad.Rows[_taken];
            AddOne(new FoundRow(row.Place, null, null, row.Reason, true, row.Excerpt));
        }
    }

    private void AddOne(FoundRow row)
    {
        bool isNewFile = _found.Count > 0 && _found[0].Place.File != row.Place.File;
        if (_isFound || isNewFile && _before + _found.Count >= _number)
        {
            _isFound = true;
            return;
        }

        if (isNewFile || _found.Count == Window && _before + Window < _number)
        {
            Drop(isNewFile ? _found.Count : Window / 2);
        }

        _found.Add(row);
    }

    private void Drop(int count)
    {
        _found.Sort((a, b) => a.Place.Number.CompareTo(b.Place.Number));
        _found.RemoveRange(0, count);
        _before += count;
    }
}
