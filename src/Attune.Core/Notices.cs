namespace Attune;

/// <summary>
/// Collects the notices of a run: everything a user gave that is not used, or is used as something else. What occurs many times is one
/// notice with a count and the first example. Threads may share one.
/// </summary>
public sealed class Notices
{
    private readonly Lock gate = new();
    private readonly List<Entry> entries = [];

    /// <summary>What was collected, in the order in which each code first occurred.</summary>
    public IReadOnlyList<Notice> All
    {
        get
        {
            lock (gate)
            {
                return [.. entries.Select(entry => new Notice(entry.Code, entry.Count, entry.Text(entry.Count), entry.First, entry.Cure))];
            }
        }
    }

    /// <summary>Adds a notice that occurs once, or counts one more where the code is known.</summary>
    /// <param name="code">See <see cref="Notice.Code"/>.</param>
    /// <param name="text">See <see cref="Notice.Text"/>; of equal codes the first text stays.</param>
    /// <param name="first">See <see cref="Notice.First"/>.</param>
    /// <param name="cure">See <see cref="Notice.Cure"/>.</param>
    public void Add(string code, string text, string? first = null, string? cure = null) => Add(code, _ => text, first, cure);

    /// <summary>Adds a notice whose sentence depends on how often it occurs.</summary>
    /// <param name="code">See <see cref="Notice.Code"/>.</param>
    /// <param name="text">The sentence for a count; of equal codes the first stays.</param>
    /// <param name="first">See <see cref="Notice.First"/>; of equal codes the first stays.</param>
    /// <param name="cure">See <see cref="Notice.Cure"/>; of equal codes the first stays.</param>
    /// <param name="count">How often it occurred now; 0 or less adds nothing.</param>
    public void Add(string code, Func<long, string> text, string? first = null, string? cure = null, long count = 1)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(text);
        if (count <= 0)
        {
            return;
        }

        lock (gate)
        {
            if (entries.Find(entry => entry.Code == code) is { } known)
            {
                known.Count += count;
                known.First ??= first;
            }
            else
            {
                entries.Add(new Entry(code, text, cure) { Count = count, First = first });
            }
        }
    }

    /// <summary>Adds what another collection holds.</summary>
    /// <param name="other">The other one; it stays as it is.</param>
    public void Add(Notices other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Entry[] more;
        lock (other.gate)
        {
            more = [.. other.entries];
        }

        foreach (Entry entry in more)
        {
            Add(entry.Code, entry.Text, entry.First, entry.Cure, entry.Count);
        }
    }

    private sealed class Entry(string code, Func<long, string> text, string? cure)
    {
        public string Code => code;

        public Func<long, string> Text => text;

        public string? Cure => cure;

        public long Count { get; set; }

        public string? First { get; set; }
    }
}
