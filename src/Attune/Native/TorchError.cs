using System.Runtime.InteropServices;

namespace Attune.Native;

/// <summary>What libtorch throws, as an error that a user can read.</summary>
internal static class TorchError
{
    /// <summary>The first line says what; the rest is libtorch's own stack.</summary>
    public static AttuneException Of(ExternalException error)
    {
        string problem = error.Message.Split('\n')[0].TrimEnd('.', ' ');
        return problem.Contains("memory", StringComparison.OrdinalIgnoreCase)
            ? new AttuneException(ExitCode.MemoryTooSmall, null, "the memory is too small: " + problem, "use a smaller batch, a shorter text or a smaller model", error)
            : new AttuneException(ExitCode.Internal, null, "libtorch failed: " + problem, inner: error);
    }
}
