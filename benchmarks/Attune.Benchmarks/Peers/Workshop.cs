using System.Globalization;
using Attune.Models;
using Attune.Native;
using TorchSharp;

namespace Attune.Benchmarks.Peers;

/// <summary>What all runs of one go share: the model, the rows, a temporary folder.</summary>
internal sealed class Workshop : IDisposable
{
    /// <summary>The verb that measures the matrix-product peak in a process of its own.</summary>
    public const string PeakVerb = "peak";

    private readonly string folder = Directory.CreateTempSubdirectory("attune-peers-").FullName;
    private int runs;

    /// <summary>Makes the rows.</summary>
    /// <exception cref="AttuneException">The model or the list of lengths is absent.</exception>
    public Workshop(PeersOptions options)
    {
        Options = options;
        Model = options.Model ?? throw new AttuneException(ExitCode.MissingInput, options.Shared, "has no models/smollm2-135m-instruct-gguf", "give the folder that has it: peers SHARED");
        Rows = Path.Combine(folder, "rows.jsonl");
        if (!File.Exists(options.RowsFile))
        {
            throw new AttuneException(ExitCode.MissingInput, options.RowsFile, "there is no such file", "give a list of [prompt tokens, answer tokens] with --rows");
        }

        TrainingRows.Write(ModelText.Open(Model), options.RowsFile, (options.Steps + 1) * TrainingRows.BatchSize, Rows);
    }

    public PeersOptions Options { get; }

    /// <summary>The GGUF file.</summary>
    public string Model { get; }

    /// <summary>The training rows, JSONL.</summary>
    public string Rows { get; }

    /// <summary>A program that was built with this one.</summary>
    public static string Program(string name) => Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>A path of its own for every run.</summary>
    public string NewFolder() => Path.Combine(folder, $"run-{++runs}");

    /// <summary>The machine's matrix-product peak now, 10^9 operations a second.</summary>
    public double Peak(string precision) =>
        double.Parse(ChildProcess.Run(Program("Attune.Benchmarks"), [PeakVerb, precision], Options.Threads).Output, CultureInfo.InvariantCulture);

    /// <summary>The process that <see cref="Peak"/> starts.</summary>
    public static int PrintPeak(string precision)
    {
        Libtorch.Load();
        Console.WriteLine(MatrixPeak.Measure(precision == "bf16" ? torch.bfloat16 : torch.float32, torch.CPU, 700).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
