using System.Globalization;

namespace Attune.Benchmarks.Peers;

/// <summary>What <c>peers</c> was asked for.</summary>
internal sealed record PeersOptions
{
    public const string Usage = """
               Attune.Benchmarks peers [SHARED]      training and generation beside what people use today; SHARED: ../shared if absent
                   --only PAIR…     these pairs only, several or with commas between them
                   --rounds N       runs of each side, alternately; 3 if absent
                   --steps N        steps of a training run that count, after the first; 6 if absent; an encoder does four times as many
                   --rows FILE      row lengths, a JSON list of [prompt tokens, answer tokens]; SHARED/python/rows.json if absent
                   --threads N      threads of each side; one a core if absent
                   --minutes N      no run is begun that would go beyond; 45 if absent
        """;

    public string Shared { get; private init; } = Path.Combine("..", "shared");

    public IReadOnlyList<string> Only { get; private init; } = [];

    public int Rounds { get; private init; } = 3;

    public int Steps { get; private init; } = 6;

    public int Threads { get; private init; } = Environment.ProcessorCount;

    public double Minutes { get; private init; } = 45;

    public string? Rows { get; private init; }

    public string RowsFile => Path.GetFullPath(Rows ?? Path.Combine(Shared, "python", "rows.json"));

    /// <summary>The model whose shape all pairs have; null where it is absent.</summary>
    public string? Model => Directory.Exists(ModelFolder) ? Directory.EnumerateFiles(ModelFolder, "*.gguf").FirstOrDefault() : null;

    private string ModelFolder => Path.GetFullPath(Path.Combine(Shared, "models", "smollm2-135m-instruct-gguf"));

    /// <summary>Reads a command line.</summary>
    /// <exception cref="AttuneException">Something in it is unknown.</exception>
    public static PeersOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new PeersOptions();
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--only")
            {
                string[] names = [.. arguments.Skip(i + 1).TakeWhile(name => !name.StartsWith('-'))];
                options = options with { Only = [.. names.SelectMany(name => name.Split(',', StringSplitOptions.RemoveEmptyEntries))] };
                i += names.Length;
            }
            else if (arguments[i].StartsWith('-'))
            {
                string name = arguments[i], value = ++i < arguments.Count ? arguments[i] : throw Fault($"{name} needs a value");
                options = name switch
                {
                    "--rounds" => options with { Rounds = (int)Number(name, value) },
                    "--steps" => options with { Steps = (int)Number(name, value) },
                    "--threads" => options with { Threads = (int)Number(name, value) },
                    "--minutes" => options with { Minutes = Number(name, value) },
                    "--rows" => options with { Rows = value },
                    _ => throw Fault($"{name} is unknown"),
                };
            }
            else
            {
                options = options with { Shared = arguments[i] };
            }
        }

        foreach (string name in options.Only)
        {
            _ = Pair.All.FirstOrDefault(pair => pair.Name == name) ?? throw Fault($"there is no pair {name}; there are {string.Join(", ", Pair.All.Select(pair => pair.Name))}");
        }

        return options;
    }

    private static double Number(string name, string value) => double.TryParse(value, CultureInfo.InvariantCulture, out double number) && number >= 1 ? number
        : throw Fault($"{name} must be a number from 1 on (got {value})");

    private static AttuneException Fault(string problem) => new(ExitCode.Usage, "peers", problem);
}
