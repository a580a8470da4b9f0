using System.Diagnostics;

namespace Attune.Cli;

/// <summary>What a program that ran said and ended with.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error);

/// <summary>The real executable, started as a user starts it.</summary>
internal static class AttuneProgram
{
    /// <summary>The executable that this build made.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "attune-cli.exe" : "attune-cli");

    /// <summary>Runs it to its end in a folder.</summary>
    public static Task<ProgramResult> RunAsync(string folder, params IEnumerable<string> arguments) => RunAsync(Path, folder, arguments, null);

    /// <summary>Runs a program to its end; one that takes longer than ten minutes is killed, and what it said so far is in the exception.</summary>
    public static async Task<ProgramResult> RunAsync(string program, string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(9));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} did not end.\n{await output}\n{await error}");
        }

        return new ProgramResult(process.ExitCode, await output, await error);
    }
}
