using System.Runtime.InteropServices;

namespace Attune.Native;

/// <summary>
/// glibc's heap, set for what <see cref="TensorPool"/> does not hold: large pieces are mapped one by one and given back when they are freed, instead
/// of leaving holes. (The variables that mallopt(3) names were read before any of our code ran.)
/// </summary>
internal static partial class NativeHeap
{
    private const int MapThreshold = -3; // M_MMAP_THRESHOLD; setting it also stops glibc from raising it by itself.
    private const int ArenaMax = -8; // M_ARENA_MAX
    private const int LargePiece = 1 << 20;

    /// <summary>Sets it, where there is a glibc and the user has not set it.</summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out nint libc) || !NativeLibrary.TryGetExport(libc, "mallopt", out _))
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is null)
        {
            _ = Set(MapThreshold, LargePiece);
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
