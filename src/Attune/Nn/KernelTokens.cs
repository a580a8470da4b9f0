using Attune.Native;

namespace Attune.Nn;

/// <summary>How kernels go over tensors token by token.</summary>
internal static class KernelTokens
{
    // Tokens below which one thread does the work.
    private const long WorthSharing = 64;

    // Tokens that a thread takes at a time.
    private const long Piece = 16;

    /// <summary>Does the work of every token, over all cores where they are many.</summary>
    public static void Each(long tokens, Action<long> work)
    {
        if (tokens < WorthSharing)
        {
            Each(0, tokens, work);
            return;
        }

        Team.Run((tokens + Piece - 1) / Piece, piece => Each(piece * Piece, Math.Min((piece + 1) * Piece, tokens), work));
    }

    private static void Each(long from, long to, Action<long> work)
    {
        for (long token = from; token < to; token++)
        {
            work(token);
        }
    }
}
