using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Attune.Native;

/// <summary>
/// Work in pieces on the threads that libtorch's own operators use. .NET's pool would bring threads of its own beside those, which after an operator
/// still spin for the next: on a machine that has no core to spare each waits for the other. Where libtorch's OpenMP is not libgomp, it is the pool
/// nevertheless.
/// </summary>
internal static unsafe class Team
{
    private const string Library = "libgomp-98b21ff3.so.1";
    private const int Soft = 1;
    private static readonly delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<void*, void>, void*, uint, uint, void> Parallel =
        (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<void*, void>, void*, uint, uint, void>)Find("GOMP_parallel");

    private static readonly delegate* unmanaged[Cdecl]<int, int> Pause = (delegate* unmanaged[Cdecl]<int, int>)Find("omp_pause_resource_all");

    /// <summary>Does all pieces, in no particular order.</summary>
    /// <param name="pieces">How many.</param>
    /// <param name="work">Does the piece of a number; pieces must not depend on each other.</param>
    public static void Run(long pieces, Action<long> work)
    {
        if (pieces == 1)
        {
            work(0);
        }
        else if (Parallel == null)
        {
            System.Threading.Tasks.Parallel.For(0, pieces, work);
        }
        else
        {
            var job = new Job(pieces, work);
            var handle = GCHandle.Alloc(job);
            try
            {
                Parallel(&Member, (void*)GCHandle.ToIntPtr(handle), 0, 0);
            }
            finally
            {
                handle.Free();
            }

            job.Failure?.Throw();
        }
    }

    /// <summary>
    /// Ends the threads that this thread has, when another is to work next; who computes again gets new ones. libgomp keeps a team for every thread
    /// that ever computed, and where those are more threads than cores, waiting ones sleep at once instead of spinning: every hand-over then costs as
    /// much as a small product.
    /// </summary>
    public static void Release()
    {
        if (Pause != null)
        {
            _ = Pause(Soft); // Refused within parallel work, where there is nothing to end.
        }
    }

    // libtorch has loaded it; before that nothing here runs.
    private static void* Find(string entry) =>
        Libtorch.State is { } state && NativeLibrary.TryLoad(Path.Combine(state.Folder, Library), out nint library) && NativeLibrary.TryGetExport(library, entry, out nint found) ? (void*)found : null;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Member(void* handle) => ((Job)GCHandle.FromIntPtr((nint)handle).Target!).Run();

    private sealed class Job(long pieces, Action<long> work)
    {
        private long next;

        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Run()
        {
            try
            {
                for (long piece = Interlocked.Increment(ref next) - 1; piece < pieces; piece = Interlocked.Increment(ref next) - 1)
                {
                    work(piece);
                }
            }
            catch (Exception e)
            {
                Failure = ExceptionDispatchInfo.Capture(e); // No exception crosses native frames.
            }
        }
    }
}
