using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Attune.Formats;
using TorchSharp;

namespace Attune.Native;

/// <summary>
/// Finds and loads libtorch, once a process: the one place that knows about platforms. In this order: the folder that ATTUNE_LIBTORCH names
/// (an installed PyTorch's <c>torch/lib</c>, with or without CUDA), the program's own folder, the package cache.
/// </summary>
public static class Libtorch
{
    private const string TooNew = "GLIBCXX_3.4.32";
    private static readonly Lock Gate = new();
    private static LibtorchState? state;

    /// <summary>What was found, loaded and repaired. Null before <see cref="Load"/>.</summary>
    public static LibtorchState? State => state;

    /// <summary>
    /// Loads libtorch and TorchSharp's native library. Call before the first use of TorchSharp; later calls return at once.
    /// </summary>
    /// <param name="threads">How many threads libtorch uses within an operator; 0: what OMP_NUM_THREADS says, else one a core.</param>
    /// <exception cref="AttuneException">libtorch is not there or cannot be loaded.</exception>
    public static LibtorchState Load(int threads = 0)
    {
        lock (Gate)
        {
            return state ??= LoadOnce(threads);
        }
    }

    private static LibtorchState LoadOnce(int threads)
    {
        int cores = threads > 0 ? threads : int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out int asked) && asked > 0 ? asked : Environment.ProcessorCount;

        // Without a fixed code path matrix products differ in their last bit from process to process, and a resumed run from one that
        // never stopped. COMPATIBLE costs up to half of MKL's speed on some processors; AVX2 repeats as well where it exists.
        NativeEnvironment.SetDefault("MKL_CBWR", System.Runtime.Intrinsics.X86.Avx512F.IsSupported ? "AVX512" : System.Runtime.Intrinsics.X86.Avx2.IsSupported ? "AVX2" : "COMPATIBLE");
        NativeEnvironment.SetDefault("OMP_NUM_THREADS", cores.ToString());
        NativeEnvironment.SetDefault("MKL_NUM_THREADS", cores.ToString());

        // Threads that wait spin at first. On a machine with other work that starves the one they wait for: a step took ten times as long with
        // libgomp's own count, and no longer on an idle one with this.
        NativeEnvironment.SetDefault("GOMP_SPINCOUNT", "10000");

        // Both keep what they compiled for each shape of a product, a thousand of them. Rows of other lengths are other shapes: a run grew by 14 MB with
        // every step until then. Compiling again costs half a hundredth of a step.
        NativeEnvironment.SetDefault("LRU_CACHE_CAPACITY", "16");
        NativeEnvironment.SetDefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128");
        NativeHeap.Prepare();

        var tried = new List<string>();
        string? library = FindTorchSharp(tried);
        string? folder = FindLibtorch(tried);
        if (folder is null || library is null)
        {
            throw new AttuneException(ExitCode.MissingInput, null,
                $"{(folder is null ? "libtorch" : "TorchSharp's native library")} was not found; looked in {string.Join(", ", tried)}",
                $"restore the package {PackageName} {Version}, or set ATTUNE_LIBTORCH to the lib folder of an installed libtorch {Version}");
        }

        foreach (string name in Preload)
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                LoadLibrary(path);
            }
        }

        string loaded = Repair(library, out string? repair);
        nint handle = LoadLibrary(loaded);
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => name == "LibTorchSharp" ? handle : 0);
        System.Runtime.Loader.AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => name.Contains("LibTorchSharp", StringComparison.Ordinal) ? handle : 0;
        torch.InitializeDeviceType(DeviceType.CPU);
        torch.set_num_threads(cores);
        TensorPool.Install(folder);
        return new LibtorchState(Version, folder, library, repair is null ? null : loaded, repair, cores);
    }

    /// <summary>The version of libtorch that this build wants.</summary>
    public static string Version { get; } = typeof(Libtorch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(metadata => metadata.Key == "LibtorchVersion").Value!;

    private static string Platform { get; } = OperatingSystem.IsWindows() ? "win-x64" : OperatingSystem.IsMacOS() ? "osx-arm64" : "linux-x64";

    private static string PackageName => "libtorch-cpu-" + Platform;

    private static string TorchSharpFile { get; } = OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";

    /// <summary>In the order in which they need each other; those that are absent (CUDA's, on a CPU build) are passed over.</summary>
    private static string[] Preload { get; } = OperatingSystem.IsWindows()
        ? ["c10.dll", "fbgemm.dll", "torch_cpu.dll", "c10_cuda.dll", "torch_cuda.dll", "torch.dll"]
        : OperatingSystem.IsMacOS() ? ["libomp.dylib", "libc10.dylib", "libtorch_cpu.dylib", "libtorch.dylib"]
        : ["libgomp-98b21ff3.so.1", "libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    private static IEnumerable<string> PackageRoots()
    {
        string?[] roots =
        [
            Environment.GetEnvironmentVariable("NUGET_PACKAGES"),
            AppContext.GetData("Attune.PackageRoot") as string,
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        ];
        return roots.Where(root => !string.IsNullOrEmpty(root)).Select(root => root!).Distinct();
    }

    private static string? FindLibtorch(List<string> tried)
    {
        string probe = OperatingSystem.IsWindows() ? "torch_cpu.dll" : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so";
        var folders = new List<string>();
        if (Environment.GetEnvironmentVariable("ATTUNE_LIBTORCH") is { Length: > 0 } named)
        {
            folders.Add(named);
            folders.Add(Path.Combine(named, "lib"));
        }

        folders.Add(AppContext.BaseDirectory);
        folders.Add(Path.Combine(AppContext.BaseDirectory, "runtimes", Platform, "native"));
        folders.AddRange(PackageRoots().Select(root => Path.Combine(root, PackageName, Version, "runtimes", Platform, "native")));
        return FirstWith(folders, probe, tried);
    }

    private static string? FindTorchSharp(List<string> tried)
    {
        string version = typeof(torch).Assembly.GetName().Version!.ToString(3);
        var folders = new List<string> { AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", Platform, "native") };
        folders.AddRange(PackageRoots().Select(root => Path.Combine(root, "torchsharp", version, "runtimes", Platform, "native")));
        return FirstWith(folders, TorchSharpFile, tried) is { } folder ? Path.Combine(folder, TorchSharpFile) : null;
    }

    private static string? FirstWith(IEnumerable<string> folders, string file, List<string> tried)
    {
        foreach (string folder in folders)
        {
            if (File.Exists(Path.Combine(folder, file)))
            {
                return folder;
            }

            tried.Add(folder);
        }

        return null;
    }

    private static nint LoadLibrary(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e)
        {
            throw new AttuneException(ExitCode.MissingInput, path, "the native library does not load: " + e.Message.Split('\n')[0],
                "`attune doctor` says what this system has", e);
        }
    }

    /// <summary>
    /// A private copy of TorchSharp's library with one version need marked as weak, where the system's C++ library is older than that
    /// version; else the library itself. The copy is named after the original's hash, so that another version gets another copy.
    /// </summary>
    private static string Repair(string library, out string? repair)
    {
        repair = null;
        if (!OperatingSystem.IsLinux())
        {
            return library;
        }

        byte[] image = File.ReadAllBytes(library);
        if (!ElfVersionNeeds.Requires(image, TooNew) || SystemProvides(TooNew))
        {
            return library;
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(image))[..16];
        string copy = Path.Combine(UserCache.Folder, "native", hash, TorchSharpFile);
        repair = $"{TorchSharpFile} asks for {TooNew}, which this system's libstdc++ lacks and nothing in it uses: that need is marked as weak in {copy}";
        if (File.Exists(copy))
        {
            return copy;
        }

        ElfVersionNeeds.MarkWeak(image, TooNew);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            string temporary = copy + "." + Environment.ProcessId;
            File.WriteAllBytes(temporary, image);
            File.Move(temporary, copy, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException(ExitCode.Disk, copy, "the repaired copy of TorchSharp's library cannot be written: " + e.Message,
                "set XDG_CACHE_HOME to a folder that can be written", e);
        }

        return copy;
    }

    private static bool SystemProvides(string version)
    {
        // The loaded C++ library is the one that counts: ask where it came from, and read which versions it defines.
        byte[] wanted = System.Text.Encoding.ASCII.GetBytes(version + "\0");
        string? path = File.ReadLines("/proc/self/maps").Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .FirstOrDefault(file => Path.GetFileName(file).StartsWith("libstdc++.so", StringComparison.Ordinal));
        return path is not null && File.ReadAllBytes(path).AsSpan().IndexOf(wanted) >= 0;
    }
}

/// <summary>What was found and done when libtorch was loaded.</summary>
/// <param name="Version">The version of libtorch that this build wants.</param>
/// <param name="Folder">The folder that libtorch was loaded from.</param>
/// <param name="TorchSharpLibrary">TorchSharp's native library as found.</param>
/// <param name="RepairedCopy">The repaired copy that was loaded instead; null where none was needed.</param>
/// <param name="Repair">What was repaired and why; null where nothing was.</param>
/// <param name="Threads">How many threads libtorch uses within an operator.</param>
public sealed record LibtorchState(string Version, string Folder, string TorchSharpLibrary, string? RepairedCopy, string? Repair, int Threads);
