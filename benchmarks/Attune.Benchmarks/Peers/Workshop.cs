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
    private readonly Lazy<string> rows;
    private readonly Lazy<EncoderShop> encoders;
    private int runs;

    public Workshop(PeersOptions options)
    {
        Options = options;
        rows = new Lazy<string>(WriteRows);
        encoders = new Lazy<EncoderShop>(() => new EncoderShop(Options, folder));
    }

    public PeersOptions Options { get; }

    /// <summary>The GGUF file.</summary>
    /// <exception cref="AttuneException">It is absent.</exception>
    public string Model => Options.Model ?? throw new AttuneException(ExitCode.MissingInput, Options.Shared, "has no models/smollm2-135m-instruct-gguf", "give the folder that has it: peers SHARED");

    /// <summary>The training rows, JSONL.</summary>
    /// <exception cref="AttuneException">The model or the list of lengths is absent.</exception>
    public string Rows => rows.Value;

    /// <summary>What the encoder pairs run on.</summary>
    /// <exception cref="PeerAbsentException">The tokenizer or the list of lengths is absent.</exception>
    public EncoderShop Encoders => encoders.Value;

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

    private string WriteRows()
    {
        string file = Path.Combine(folder, "rows.jsonl");
        if (!File.Exists(Options.RowsFile))
        {
            throw new AttuneException(ExitCode.MissingInput, Options.RowsFile, "there is no such file", "give a list of [prompt tokens, answer tokens] with --rows");
        }

        TrainingRows.Write(ModelText.Open(Model), Options.RowsFile, (Options.Steps + 1) * TrainingRows.BatchSize, file);
        return file;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
