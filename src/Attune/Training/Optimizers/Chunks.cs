using Attune.Native;

namespace Attune.Training.Optimizers;

/// <summary>Long vectors in pieces, over the machine's cores.</summary>
internal static class Chunks
{
    /// <summary>Does a piece: its number, its first element, its length.</summary>
    public delegate void Body(long index, long start, long length);

    /// <summary>Cuts a vector into pieces and does them all, side by side where there are several.</summary>
    /// <param name="count">The vector's length.</param>
    /// <param name="size">A piece's length; the last may be shorter.</param>
    /// <param name="body">What is done; pieces must not depend on each other.</param>
    public static void For(long count, long size, Body body)
    {
        long pieces = (count + size - 1) / size;
        if (pieces == 1)
        {
            body(0, 0, count);
        }
        else
        {
            Team.Run(pieces, piece => body(piece, piece * size, Math.Min(size, count - piece * size)));
        }
    }
}
