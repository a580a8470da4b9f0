using TorchSharp;

namespace Attune.Training;

/// <summary>Chance as a function of (seed, step): dropout repeats after a resume without any generator's state being saved.</summary>
internal static class Seeds
{
    /// <summary>Seeds libtorch's generators, on every device, for a step.</summary>
    public static void Set(long seed, long step)
    {
        // SplitMix64's finaliser: neighbouring steps get unrelated streams.
        ulong x = unchecked(((ulong)seed * 0x9E3779B97F4A7C15) + (ulong)step + 0x9E3779B97F4A7C15);
        x = unchecked((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9);
        x = unchecked((x ^ (x >> 27)) * 0x94D049BB133111EB);
        long mixed = (long)((x ^ (x >> 31)) >> 1);
        torch.manual_seed(mixed);
        if (torch.cuda.is_available())
        {
            torch.cuda.manual_seed_all(mixed);
        }
    }
}
