using System.Runtime.InteropServices;

namespace Attune.Native;

/// <summary>
/// glibc's heap, set for what <see cref="TensorPool"/> does not hold, such as the weights that oneDNN lays out anew for each product: it is kept when
/// it is freed, for the next product asks for it again. (The variables that mallopt(3) names were read before any of our code ran.)
/// </summary>
internal static partial class NativeHeap
{
    private const int MapThreshold = -3; // M_MMAP_THRESHOLD; setting it also stops glibc from raising it by itself.
    private const int ArenaMax = -8; // M_ARENA_MAX
    private const int TrimThreshold = -1; // M_TRIM_THRESHOLD
    private const int LargestPiece = 1 << 25; // mallopt(3) takes no more.
    private const int KeptAtTop = 1 << 25;

    /// <summary>Sets it, where there is a glibc and the user has not set it.</summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out nint libc) || !NativeLibrary.TryGetExport(libc, "mallopt", out _))
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is null)
        {
            _ = Set(MapThreshold, LargestPiece);
            _ = Set(TrimThreshold, KeptAtTop);
        }

        if (Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is null)
        {
            _ = Set(ArenaMax, 2);
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Set(int parameter, int value);
}
