namespace Attune.Nn;

/// <summary>How kernels go over tensors token by token.</summary>
internal static class KernelTokens
{
    // Tokens below which one thread does the work.
    private const long WorthSharing = 64;

    /// <summary>Does the work of every token, over all cores where they are many.</summary>
    public static void Each(long tokens, Action<long> work)
    {
        if (tokens >= WorthSharing)
        {
            Parallel.For(0, tokens, work);
            return;
        }

        for (long token = 0; token < tokens; token++)
        {
            work(token);
        }
    }
}
