using System.Runtime.InteropServices;

namespace Attune.Native;

/// <summary>
/// glibc's heap, set for large tensors that come and go. libtorch asks for aligned memory, and glibc cannot put an aligned piece into a hole
/// of its own size: holes stay, and the heap grows to more than twice of what is in use. Large pieces are therefore mapped one by one and given back
/// when they are freed; the page faults cost a few per cent of the time. (The variables that mallopt(3) names were read before any of our code ran.)
/// </summary>
internal static partial class NativeHeap
{
    private const int MapThreshold = -3; // M_MMAP_THRESHOLD; setting it also stops glibc from raising it by itself.
    private const int TrimThreshold = -1; // M_TRIM_THRESHOLD
    private const int ArenaMax = -8; // M_ARENA_MAX
    private const int LargePiece = 1 << 20;
    private const int LargestPiece = 1 << 25; // mallopt(3) takes no more
    private const int KeptAtTop = 1 << 28;
    private static readonly Lock Gate = new();
    private static bool isSet;
    private static int keepers;

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
            isSet = true;
        }

        if (Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is null)
        {
            _ = Set(ArenaMax, 2);
        }
    }

    /// <summary>
    /// Keeps what is freed until this is disposed, large pieces too. For work whose tensors are of a few MiB and soon follow each other, such as an
    /// encoder's: the holes stay small, and a fifth of the time went into pages that were given back only to be asked for again.
    /// </summary>
    public static IDisposable Keep()
    {
        Count(1);
        return new Kept();
    }

    private static void Count(int more)
    {
        lock (Gate)
        {
            bool kept = keepers > 0, keeps = (keepers += more) > 0;
            if (isSet && kept != keeps)
            {
                _ = Set(MapThreshold, keeps ? LargestPiece : LargePiece);
                _ = Set(TrimThreshold, keeps ? KeptAtTop : LargePiece);
            }
        }
    }

    private sealed class Kept : IDisposable
    {
        private bool isDisposed;

        public void Dispose()
        {
            Count(isDisposed ? 0 : -1);
            isDisposed = true;
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Set(int parameter, int value);
}
