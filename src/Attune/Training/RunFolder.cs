namespace Attune.Training;

/// <summary>What a run leaves, and where.</summary>
internal sealed class RunFolder
{
    private const string PlanName = "plan.json";
    private const string RecipeName = "recipe.yaml";

    // What a run that was killed before it had a plan may have left.
    private static readonly HashSet<string?> BeforePlan = [RecipeName, RecipeName + ".tmp", PlanName + ".tmp", "rejected.jsonl", "rejected.jsonl.tmp", "run.lock", "run.owner.json"];

    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The recipe, resolved.</summary>
    public string Recipe => At(RecipeName);

    /// <summary>The plan.</summary>
    public string Plan => At(PlanName);

    /// <summary>Whether the plan was written; a run that was killed just before has its recipe only.</summary>
    public bool HasPlan => File.Exists(Plan);

    /// <summary>What happened, one JSON object a line (<see cref="EventLog"/>).</summary>
    public string Events => At("events.jsonl");

    /// <summary>The report, for programs.</summary>
    public string ReportJson => At("report.json");

    /// <summary>The report, for people.</summary>
    public string ReportHtml => At("report.html");

    /// <summary>The folder of checkpoints (<see cref="Training.Checkpoints"/>).</summary>
    public string Checkpoints => At("checkpoints");

    /// <summary>The finished adapter, in PEFT's layout.</summary>
    public string Adapter => At("adapter");

    /// <summary>The finished model, in Hugging Face's layout.</summary>
    public string Model => At("model");

    /// <summary>
    /// The adapter or model of a run that is finished (the report is written last); null where something is left to do, or where its recipe was
    /// edited since, which asks for another run.
    /// </summary>
    public string? FinishedArtifact => HasPlan && File.Exists(ReportJson) && File.Exists(Recipe) && Training.Plan.IsOfRecipe(Plan, File.ReadAllText(Recipe))
        ? new[] { Adapter, Model }.FirstOrDefault(Directory.Exists) : null;

    /// <summary>Makes the folder, for a new run.</summary>
    /// <param name="path">Where.</param>
    /// <exception cref="AttuneException">It cannot be made, or a run lies in it already.</exception>
    public static RunFolder Create(string path)
    {
        try
        {
            path = Directory.CreateDirectory(path).FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException(ExitCode.Disk, path, "the run folder cannot be made: " + exception.Message, "choose another output folder", exception);
        }

        RefuseUsed(path);
        return new RunFolder(path);
    }

    /// <summary>Refuses a folder in which a run, or anything else of the user's, lies already: before anything is opened.</summary>
    /// <param name="path">Where a run is to be.</param>
    /// <exception cref="AttuneException">Something lies in it.</exception>
    public static void RefuseUsed(string path)
    {
        if (File.Exists(System.IO.Path.Combine(path, PlanName)))
        {
            throw new AttuneException(ExitCode.Usage, path, "a run lies in this folder already", $"go on with `attune resume {path}`, or choose another output folder");
        }

        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Select(System.IO.Path.GetFileName).FirstOrDefault(name => !BeforePlan.Contains(name)) is { } other)
        {
            throw new AttuneException(ExitCode.Usage, path, $"is not empty (it holds {Formats.Names.Quote(other)}), so it cannot become a run folder", "choose an output folder that is new or empty");
        }
    }

    /// <summary>Opens the folder of a run that was begun.</summary>
    /// <param name="path">Where.</param>
    /// <exception cref="AttuneException">There is no run.</exception>
    public static RunFolder Open(string path)
    {
        var run = new RunFolder(System.IO.Path.GetFullPath(path));
        return run.HasPlan || File.Exists(run.Recipe) ? run : throw new AttuneException(ExitCode.MissingInput, path, "no run lies in this folder: there is no plan.json",
            "give the output folder of `attune train`; a run that was stopped before it had begun is begun with `attune train RECIPE`");
    }

    private string At(string name) => System.IO.Path.Combine(Path, name);
}
