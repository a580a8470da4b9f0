using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Attune.Benchmarks;

/// <summary>How a benchmark says what it measured: a line of text, or with <c>--json</c> one object a line.</summary>
/// <param name="json">Objects instead of text.</param>
internal sealed class Figures(bool json)
{
    /// <summary>Says one measurement.</summary>
    /// <param name="text">For people.</param>
    /// <param name="figures">For programs; its members are written as they are named.</param>
    public void Say(FormattableString text, object figures) =>
        Console.WriteLine(json ? JsonSerializer.Serialize(figures) : text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Runs a program that says what it measured as a JSON object in its last line.</summary>
    public static JsonElement OfProcess(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonElement.Parse(output.Trim().Split('\n')[^1])
            : throw new AttuneException(ExitCode.Internal, program, $"ended with exit code {process.ExitCode}");
    }

    /// <summary>The processors' share that everything on this machine wants (1 is all of them); NaN where the system does not say.</summary>
    public static double Load => File.Exists("/proc/loadavg")
        ? Math.Round(double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) / Environment.ProcessorCount, 2) : double.NaN;
}
