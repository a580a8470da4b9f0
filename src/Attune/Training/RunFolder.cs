namespace Attune.Training;

/// <summary>What a run leaves, and where.</summary>
internal sealed class RunFolder
{
    private const string PlanName = "plan.json";

    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The recipe, resolved.</summary>
    public string Recipe => At("recipe.yaml");

    /// <summary>The plan.</summary>
    public string Plan => At(PlanName);

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

    /// <summary>Refuses a folder in which a run lies already, before anything is opened.</summary>
    /// <param name="path">Where a run is to be.</param>
    /// <exception cref="AttuneException">A run lies in it.</exception>
    public static void RefuseUsed(string path)
    {
        if (File.Exists(System.IO.Path.Combine(path, PlanName)))
        {
            throw new AttuneException(ExitCode.Usage, path, "a run lies in this folder already", $"go on with `attune resume {path}`, or choose another output folder");
        }
    }

    /// <summary>Opens the folder of a run that was begun.</summary>
    /// <param name="path">Where.</param>
    /// <exception cref="AttuneException">There is no run.</exception>
    public static RunFolder Open(string path)
    {
        var run = new RunFolder(System.IO.Path.GetFullPath(path));
        return File.Exists(run.Plan) ? run : throw new AttuneException(ExitCode.MissingInput, path, "no run lies in this folder: there is no plan.json", "give the output folder of `attune train`");
    }

    private string At(string name) => System.IO.Path.Combine(Path, name);
}
