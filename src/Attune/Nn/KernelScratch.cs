namespace Attune.Nn;

/// <summary>Memory for a kernel's numbers in between, which a thread keeps for its next piece of work.</summary>
internal static class KernelScratch
{
    [ThreadStatic]
    private static float[]? kept;

    /// <summary>At least so many numbers, whatever they are; the next call on this thread gives the same.</summary>
    /// <param name="count">How many.</param>
    public static float[] Floats(long count) => kept is { } own && own.Length >= count ? own : kept = GC.AllocateUninitializedArray<float>(checked((int)count), pinned: true);
}
