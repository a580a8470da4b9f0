using System.Diagnostics;
using System.Text;

namespace Attune.Verification;

/// <summary>A process of Attune's own executable, whose words are kept and whose end is waited for, or made.</summary>
internal sealed class RunningAttune : IDisposable
{
    private readonly Process process;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly StringBuilder errors = new();

    /// <summary>Starts it.</summary>
    /// <param name="start">The program, with its streams redirected.</param>
    public RunningAttune(ProcessStartInfo start)
    {
        process = Process.Start(start) ?? throw new AttuneException(ExitCode.MissingInput, start.FileName, "does not start");
        process.StandardInput.Close();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                errors.AppendLine(line.Data);
            }
        };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>How long it has run, or did.</summary>
    public TimeSpan Ran => watch.Elapsed;

    /// <summary>Waits for its end; the error that it ended with, or null.</summary>
    public string? End()
    {
        process.WaitForExit();
        lock (errors)
        {
            return process.ExitCode == 0 ? null
                : $"attune {string.Join(' ', process.StartInfo.ArgumentList)} ended with {process.ExitCode}: {errors.ToString().Trim().Split('\n').LastOrDefault(line => line.StartsWith("error:", StringComparison.Ordinal)) ?? errors.ToString().Trim()}";
        }
    }

    /// <summary>Waits for a moment, or for something to happen; whether it ended before.</summary>
    public bool HasEndedBy(TimeSpan moment, Func<bool> happens)
    {
        while (!process.HasExited)
        {
            var left = moment - watch.Elapsed;
            if (left <= TimeSpan.Zero || happens())
            {
                return process.HasExited;
            }

            process.WaitForExit(left < Tick ? left : Tick);
        }

        return true;
    }

    /// <summary>Kills it: SIGKILL, which it cannot hear.</summary>
    public void Kill()
    {
        process.Kill();
        watch.Stop();
        process.WaitForExit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
}
