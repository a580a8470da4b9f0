using System.Diagnostics;

namespace Attune.Benchmarks.Peers;

/// <summary>A process that ran to its end.</summary>
/// <param name="Output">What it wrote.</param>
/// <param name="Lines">The same by lines, with the seconds after its start at which each came.</param>
/// <param name="PeakRssMb">Its peak resident memory, MiB.</param>
internal sealed record ChildProcess(string Output, IReadOnlyList<(double Seconds, string Text)> Lines, double PeakRssMb)
{
    private const int IllegalInstruction = 128 + 4;

    /// <summary>Runs a program.</summary>
    /// <param name="program">Its file.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="threads">Threads that it may use.</param>
    /// <exception cref="PeerAbsentException">It is absent or fails.</exception>
    public static ChildProcess Run(string program, IEnumerable<string> arguments, int threads)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["OMP_NUM_THREADS"] = start.Environment["MKL_NUM_THREADS"] = start.Environment["DOTNET_PROCESSOR_COUNT"] = $"{threads}";
        string name = Path.GetFileName(program);
        if (!File.Exists(program))
        {
            throw new PeerAbsentException($"{program} is absent");
        }

        var (lines, errors) = (new List<(double, string)>(), new List<string>());
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new PeerAbsentException($"{name} does not start");
        process.StandardInput.Close();
        process.OutputDataReceived += (_, line) => Add(lines, (watch.Elapsed.TotalSeconds, line.Data));
        process.ErrorDataReceived += (_, line) => Add(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        long peak = 0;

        // Whoever stops the benchmark stops what it runs.
        void Stop(object? sender, EventArgs e) => process.Kill(entireProcessTree: true);
        AppDomain.CurrentDomain.ProcessExit += Stop;
        while (!process.WaitForExit(20))
        {
            peak = Math.Max(peak, PeakOf(process));
        }

        AppDomain.CurrentDomain.ProcessExit -= Stop;
        process.WaitForExit();
        return process.ExitCode == 0 ? new ChildProcess(string.Join('\n', lines.Select(line => line.Item2)), lines, peak / (double)(1 << 20))
            : throw new PeerAbsentException(process.ExitCode == IllegalInstruction ? $"{name} needs instructions that this processor has not"
                : $"{name} ended with {process.ExitCode}: {errors.LastOrDefault(line => line.Trim().Length > 0)}");
    }

    private static void Add(List<(double, string)> lines, (double Seconds, string? Text) line)
    {
        if (line.Text is not null)
        {
            lines.Add((line.Seconds, line.Text));
        }
    }

    private static void Add(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Add(line);
        }
    }

    // The system's own high-water mark: what is missed is only what the last 20 ms added.
    private static long PeakOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0; // It has just ended.
        }
    }
}
