using Attune.Cli.Terminal;

namespace Attune.Cli;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        using var screen = new Screen();
        return (int)await CommandLine.RunAsync(args, screen);
    }
}
