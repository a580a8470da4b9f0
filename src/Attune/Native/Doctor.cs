using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Native;

/// <summary>Looks at a machine with a user's eyes: can it run Attune, how fast, and what to do where something is wrong.</summary>
public static class Doctor
{
    private const double Gibibyte = 1L << 30;

    /// <summary>Examines this machine; takes a second or two.</summary>
    public static DoctorReport Examine()
    {
        var findings = new List<DoctorFinding>
        {
            new("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, .NET {Environment.Version}"),
            new("processor", $"{Words.Count(Environment.ProcessorCount, "core")}; {string.Join(", ", Processor.InstructionSets)}", Processor.HasBFloat16 || !Avx2.IsSupported
                ? Avx2.IsSupported || RuntimeInformation.ProcessArchitecture != Architecture.X64 ? null : "no AVX2: matrix products will be slow; another machine would help most"
                : null),
        };
        LibtorchState? loaded = null;
        double? float32Peak = null, bfloat16Peak = null;
        try
        {
            loaded = Libtorch.Load();
            findings.Add(new("libtorch", $"{loaded.Version} from {loaded.Folder}, {Words.Count(loaded.Threads, "thread")}"));
            findings.Add(new("repaired", loaded.Repair ?? "nothing, nothing needed it"));
            findings.Add(new("devices", string.Join(", ", Devices())));
            float32Peak = MatrixPeak.Measure(ScalarType.Float32, CPU);
            bfloat16Peak = MatrixPeak.Measure(ScalarType.BFloat16, CPU);
            findings.Add(new("matrix products", $"{float32Peak:F0} GFLOP/s in float32, {bfloat16Peak:F0} in bfloat16",
                bfloat16Peak < float32Peak ? "bfloat16 is slower than float32 here: model.precision auto computes in float32, which is right" : null));
        }
        catch (AttuneException e)
        {
            findings.Add(new("libtorch", e.Problem, e.Cure ?? e.Message));
        }

        var memory = GC.GetGCMemoryInfo();
        double total = memory.TotalAvailableMemoryBytes / Gibibyte;
        findings.Add(new("memory", $"{total:F1} GiB", total < 4 ? "less than 4 GiB: models above some 100 million parameters will not fit" : null));
        double free = new DriveInfo(Directory.GetCurrentDirectory()).AvailableFreeSpace / Gibibyte;
        findings.Add(new("disk", $"{free:F1} GiB free in {Directory.GetCurrentDirectory()}", free < 2 ? "less than 2 GiB: checkpoints may not fit" : null));
        return new DoctorReport(loaded, Processor.InstructionSets, float32Peak, bfloat16Peak, memory.TotalAvailableMemoryBytes, findings);
    }

    private static IEnumerable<string> Devices()
    {
        yield return "CPU";
        for (int i = 0; cuda.is_available() && i < cuda.device_count(); i++)
        {
            yield return $"CUDA {i}";
        }

        if (mps_is_available())
        {
            yield return "MPS";
        }
    }
}

/// <summary>What <see cref="Doctor"/> found.</summary>
/// <param name="Libtorch">What was loaded; null where nothing could be.</param>
/// <param name="InstructionSets">What the processor has.</param>
/// <param name="Float32Gflops">Measured matrix-product peak, 10^9 operations a second.</param>
/// <param name="Bfloat16Gflops">The same in bfloat16.</param>
/// <param name="MemoryBytes">Memory that this process may use.</param>
/// <param name="Findings">All of it in words, each with what to do where something is wrong.</param>
public sealed record DoctorReport(
    LibtorchState? Libtorch, IReadOnlyList<string> InstructionSets, double? Float32Gflops, double? Bfloat16Gflops, long MemoryBytes, IReadOnlyList<DoctorFinding> Findings);

/// <summary>One thing that was looked at.</summary>
/// <param name="What">The thing.</param>
/// <param name="Value">What was found.</param>
/// <param name="Advice">What to do about it; null where all is well.</param>
public sealed record DoctorFinding(string What, string Value, string? Advice = null);
