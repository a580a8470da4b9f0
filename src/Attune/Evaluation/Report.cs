using Attune.Formats;

namespace Attune.Evaluation;

/// <summary>
/// What a run leaves: whether the model is better, by how much and how certainly, what it forgot, what it says now, what it cost, and what
/// all this cannot say. Written as report.json, for programs, and report.html, for people.
/// </summary>
public sealed record Report
{
    /// <summary>The version of report.json that this Attune writes.</summary>
    internal const int CurrentVersion = 1;

    internal const string JsonName = "report.json";
    internal const string HtmlName = "report.html";

    /// <summary>The version of report.json.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>What people call the run: its folder's last name, as a rule.</summary>
    public required string Name { get; init; }

    /// <summary>The run folder, as the commands that follow should name it.</summary>
    public required string Folder { get; init; }

    /// <summary>When the report was made.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>The pretrained model.</summary>
    public required ReportModel Model { get; init; }

    /// <summary>What it learns to do: the recipe's task. Null in reports of older versions.</summary>
    public string? Task { get; init; }

    /// <summary>How it was tuned.</summary>
    public required ReportMethod Method { get; init; }

    /// <summary>What it was tuned on.</summary>
    public required ReportData Data { get; init; }

    /// <summary>The plan's settings, in the order in which they are to be shown.</summary>
    public IReadOnlyList<ReportFact> Settings { get; init => field = value ?? []; } = [];

    /// <summary>The seed of everything that chance decides.</summary>
    public long Seed { get; init; }

    /// <summary>The pretrained model's scores.</summary>
    public required ModelScores Before { get; init; }

    /// <summary>The tuned model's scores, on the same rows.</summary>
    public required ModelScores After { get; init; }

    /// <summary>The comparison on rows that were not trained on; null where there are none. See <see cref="Compare"/>.</summary>
    public Comparison? HeldOut { get; init; }

    /// <summary>The comparison of classifiers on rows that were not trained on; null where there are none, or the model writes. See <see cref="Compare"/>.</summary>
    public LabelComparison? Labels { get; init; }

    /// <summary>The comparison on a general text: what was forgotten; null where it was not measured. See <see cref="Compare"/>.</summary>
    public Comparison? General { get; init; }

    /// <summary>What was measured step by step.</summary>
    public CurveData Curves { get; init => field = value ?? new(); } = new();

    /// <summary>Replies before and after, side by side.</summary>
    public IReadOnlyList<SampleReply> Samples { get; init => field = value ?? []; } = [];

    /// <summary>What it cost.</summary>
    public required ReportCost Cost { get; init; }

    /// <summary>What of the user's was not used, or was used as something else.</summary>
    public IReadOnlyList<Notice> Notices { get; init => field = value ?? []; } = [];

    /// <summary>What a reader should know of this run besides, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init => field = value ?? []; } = [];

    /// <summary>What made it.</summary>
    public required ReportVersions Versions { get; init; }

    /// <summary>Compares <see cref="Before"/> and <see cref="After"/>.</summary>
    /// <param name="resamplings">Resamplings for the 95 % intervals, 0 or more; 0: no intervals.</param>
    /// <returns>This report with <see cref="HeldOut"/>, <see cref="Labels"/> and <see cref="General"/>.</returns>
    /// <exception cref="AttuneException">A loss is not a finite number.</exception>
    public Report Compare(int resamplings = 1000) => this with
    {
        HeldOut = Between(Before.HeldOut, After.HeldOut, resamplings, (ulong)Seed),
        Labels = Before.Predictions is { Expected.Count: > 0 } before && After.Predictions is { } after ? LabelComparison.Of(before, after, resamplings, (ulong)Seed) : null,
        General = Between(Before.General, After.General, resamplings, (ulong)Seed),
    };

    /// <summary>Writes report.json and report.html into a folder.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <exception cref="AttuneException">The disk is full or cannot be written.</exception>
    public void Write(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        AtomicFile.WriteAllBytes(Path.Combine(folder, JsonName), ReportJson.Write(this));
        AtomicFile.WriteAllText(Path.Combine(folder, HtmlName), ReportPage.Of(this));
    }

    /// <summary>Reads report.json.</summary>
    /// <param name="folder">The folder that it lies in.</param>
    /// <exception cref="AttuneException">It is absent, broken, or of a newer Attune.</exception>
    public static Report Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return ReportJson.Read(Path.Combine(folder, JsonName));
    }

    private static Comparison? Between(RowLosses? before, RowLosses? after, int resamplings, ulong seed) =>
        before is null || after is null || before.Tokens == 0 ? null : PairedBootstrap.Compare(before.Rows, after.Rows, resamplings, seed);
}
