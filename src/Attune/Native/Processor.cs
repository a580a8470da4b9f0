using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Attune.Native;

/// <summary>What the processor can do. .NET tells most of it; AVX512-BF16 and AMX are read from the processor itself.</summary>
public static class Processor
{
    /// <summary>The sets that matter here, by name.</summary>
    public static IReadOnlyList<string> InstructionSets { get; } = Find();

    /// <summary>Whether bfloat16 products run in hardware, so that computing in bfloat16 pays.</summary>
    public static bool HasBFloat16 { get; } = InstructionSets.Contains("AVX512-BF16") || InstructionSets.Contains("AMX-BF16");

    private static List<string> Find()
    {
        var found = new List<string>();
        void Add(bool has, string name)
        {
            if (has)
            {
                found.Add(name);
            }
        }

        if (RuntimeInformation.ProcessArchitecture is Architecture.X64)
        {
            Add(Avx2.IsSupported, "AVX2");
            Add(Fma.IsSupported, "FMA");
            Add(Avx512F.IsSupported, "AVX512");
            if (X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7)
            {
                var leaf7 = X86Base.CpuId(7, 0);
                bool hasSubleaf1 = leaf7.Eax >= 1;

                // Intel's manual, CPUID leaf 7: AVX512_BF16 is bit 5 of EAX in subleaf 1; AMX_BF16 is bit 22 of EDX in subleaf 0.
                Add(Avx512F.IsSupported && hasSubleaf1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0, "AVX512-BF16");
                Add((leaf7.Edx & (1 << 22)) != 0, "AMX-BF16");
            }
        }
        else
        {
            Add(AdvSimd.IsSupported, "NEON");
        }

        return found;
    }
}
