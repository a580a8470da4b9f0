using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Attune.Native;

/// <summary>
/// Keeps the memory of tensors that were freed for the next of like size. A step makes thousands of tensors of a few MiB, each of which the system
/// would map, fill with zeros a page at a time and take back: a sixth of a step's time. glibc's heap can keep such memory, but not put an aligned
/// piece into a hole of its own size, and grows to twice of what is in use. A piece here has a power of two for its size; what of it was never
/// touched takes no memory.
/// </summary>
/// <remarks>
/// On Linux, libtorch's allocator calls posix_memalign and free. The two addresses by which its library (libc10.so) does so are replaced, as the
/// dynamic linker would for a program that brings its own; where they are not found or cannot be written, all stays as it was.
/// </remarks>
internal static unsafe partial class TensorPool
{
    private const nuint Smallest = 1 << 16; // Less is left to the heap, which does that well.
    private const int Classes = 32;
    private const nuint Alignment = 4096; // Of our pieces; what is aligned to less is not one of them.
    private const long Epoch = 60_000; // Milliseconds; what nothing asked for in so long is given back.
    private const nuint SmallestMapped = 1 << 20;
    private const int OutOfMemory = 12; // ENOMEM
    private const int ReadAndWrite = 3; // PROT_READ | PROT_WRITE
    private const int PrivateAndAnonymous = 0x22; // MAP_PRIVATE | MAP_ANONYMOUS

    private static readonly Lock Gate = new();
    private static readonly Stack<nint>[] Free = [.. Enumerable.Range(0, Classes).Select(_ => new Stack<nint>())];
    private static readonly int[] FewestFree = new int[Classes];
    private static readonly Dictionary<nint, int> ClassOf = [];
    private static delegate* unmanaged[Cdecl]<nint*, nuint, nuint, int> systemAllocate;
    private static delegate* unmanaged[Cdecl]<nint, void> systemFree;
    private static long epochEnds;

    /// <summary>Whether it is in place.</summary>
    public static bool IsInstalled { get; private set; }

    /// <summary>Pieces of memory that wait for a tensor.</summary>
    public static int Waiting
    {
        get
        {
            lock (Gate)
            {
                return Free.Sum(pieces => pieces.Count);
            }
        }
    }

    /// <summary>Puts it in place, once, before there are tensors on other threads.</summary>
    /// <param name="folder">Where libtorch was loaded from.</param>
    public static void Install(string folder)
    {
        string library = Path.Combine(folder, "libc10.so");
        if (IsInstalled || !OperatingSystem.IsLinux() || !File.Exists(library)
            || !NativeLibrary.TryLoad("libc.so.6", out nint libc)
            || !NativeLibrary.TryGetExport(libc, "posix_memalign", out nint allocate) || !NativeLibrary.TryGetExport(libc, "free", out nint free))
        {
            return;
        }

        byte[] image = File.ReadAllBytes(library);
        if (ElfSlots.Find(image, "posix_memalign") is not long allocates || ElfSlots.Find(image, "free") is not long frees
            || WritableSlot(library, allocates) is not (nint allocateSlot and not 0) || WritableSlot(library, frees) is not (nint freeSlot and not 0))
        {
            return;
        }

        systemAllocate = (delegate* unmanaged[Cdecl]<nint*, nuint, nuint, int>)allocate;
        systemFree = (delegate* unmanaged[Cdecl]<nint, void>)free;

        epochEnds = Environment.TickCount64 + Epoch;

        // First the one that knows both kinds.
        Volatile.Write(ref *(nint*)freeSlot, (nint)(delegate* unmanaged[Cdecl]<nint, void>)&Give);
        Volatile.Write(ref *(nint*)allocateSlot, (nint)(delegate* unmanaged[Cdecl]<nint*, nuint, nuint, int>)&Allocate);
        IsInstalled = true;
    }

    /// <summary>Gives back what waits.</summary>
    public static void Trim()
    {
        lock (Gate)
        {
            for (int number = 0; number < Classes; number++)
            {
                Release(number, Free[number].Count);
                FewestFree[number] = 0;
            }
        }
    }

    /// <summary>Gives back what was not asked for since the last call: at the end of a step what none of its tensors needed.</summary>
    public static void Age()
    {
        lock (Gate)
        {
            epochEnds = Environment.TickCount64 + Epoch;
            for (int number = 0; number < Classes; number++)
            {
                Release(number, FewestFree[number]);
                FewestFree[number] = Free[number].Count;
            }
        }
    }

    /// <summary>The address of a place in a loaded library; 0 where it is not loaded or the place cannot be written.</summary>
    private static nint WritableSlot(string library, long place)
    {
        ulong start = 0;
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            // from-to rwxp offset device inode path
            string[] parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            ulong from = Convert.ToUInt64(parts[0].Split('-')[0], 16), to = Convert.ToUInt64(parts[0].Split('-')[1], 16);
            if (start == 0 && parts.Length == 6 && parts[5].EndsWith('/' + Path.GetFileName(library), StringComparison.Ordinal) && parts[2].All(digit => digit == '0'))
            {
                start = from;
            }

            ulong at = start + (ulong)place;
            if (start != 0 && at >= from && at < to)
            {
                return parts[1].StartsWith("rw", StringComparison.Ordinal) ? (nint)at : 0;
            }
        }

        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Allocate(nint* result, nuint alignment, nuint bytes)
    {
        if (bytes < Smallest || alignment > Alignment)
        {
            return systemAllocate(result, alignment, bytes);
        }

        int number = BitOperations.Log2((bytes - 1) / Smallest) + (bytes > Smallest ? 1 : 0);
        *result = number < Classes ? Take(number) : 0;
        return *result == 0 ? OutOfMemory : 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Give(nint piece)
    {
        if (((nuint)piece & (Alignment - 1)) == 0)
        {
            lock (Gate)
            {
                if (ClassOf.TryGetValue(piece, out int number))
                {
                    Free[number].Push(piece);
                    if (Environment.TickCount64 >= epochEnds)
                    {
                        Age();
                    }

                    return;
                }
            }
        }

        systemFree(piece);
    }

    private static nint Take(int number)
    {
        lock (Gate)
        {
            if (Free[number].TryPop(out nint piece))
            {
                FewestFree[number] = Math.Min(FewestFree[number], Free[number].Count);
                return piece;
            }

            nint made = Make(number);
            if (made == 0)
            {
                Trim();
                made = Make(number);
            }

            if (made != 0)
            {
                ClassOf[made] = number;
            }

            return made;
        }
    }

    // What is large is mapped by itself, so that it goes back whole.
    private static nint Make(int number)
    {
        nuint size = Smallest << number;
        if (size < SmallestMapped)
        {
            nint made;
            return systemAllocate(&made, Alignment, size) == 0 ? made : 0;
        }

        nint mapped = Map(0, size, ReadAndWrite, PrivateAndAnonymous, -1, 0);
        return mapped == -1 ? 0 : mapped;
    }

    private static void Release(int number, int count)
    {
        nuint size = Smallest << number;
        for (int i = 0; i < count; i++)
        {
            nint piece = Free[number].Pop();
            ClassOf.Remove(piece);
            if (size < SmallestMapped)
            {
                systemFree(piece);
            }
            else
            {
                _ = Unmap(piece, size);
            }
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc.so.6", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(nint address, nuint length);
}
