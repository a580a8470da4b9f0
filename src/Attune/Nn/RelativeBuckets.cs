namespace Attune.Nn;

/// <summary>
/// The buckets that relative positions share in attention with relative biases: near ones have their own, far ones share them, the wider the
/// farther. Whole numbers in, whole numbers out; the logarithms are in float32, as the reference computes them.
/// </summary>
internal static class RelativeBuckets
{
    /// <summary>T5's bucket (transformers' <c>T5Attention._relative_position_bucket</c>).</summary>
    /// <param name="relative">The position attended to minus the position that attends.</param>
    /// <param name="isBidirectional">Whether later positions are seen too and have half of the buckets (encoders), or all count as 0 (decoders).</param>
    /// <param name="buckets">How many buckets there are: at least 4 where bidirectional, else at least 2.</param>
    /// <param name="farthest">The distance from which on all share the last bucket; more than a quarter of the buckets (else half).</param>
    /// <returns>From 0 to <paramref name="buckets"/> - 1.</returns>
    public static int T5(int relative, bool isBidirectional, int buckets, int farthest)
    {
        if (isBidirectional)
        {
            int half = buckets / 2;
            return (relative > 0 ? half : 0) + OfDistance(Math.Abs((long)relative), half, farthest);
        }

        return OfDistance(Math.Max(-(long)relative, 0), buckets, farthest);
    }

    /// <summary>MPNet's bucket (transformers' <c>MPNetEncoder.relative_position_bucket</c>): T5's in both directions.</summary>
    /// <param name="relative">The position attended to minus the position that attends.</param>
    /// <param name="buckets">How many buckets there are. The model always has 32, whatever its config says.</param>
    /// <param name="farthest">The distance from which on all share the last bucket. The model always has 128.</param>
    /// <returns>From 0 to <paramref name="buckets"/> - 1.</returns>
    public static int Mpnet(int relative, int buckets = 32, int farthest = 128) => T5(relative, isBidirectional: true, buckets, farthest);

    /// <summary>DeBERTa's bucket (transformers' <c>make_log_bucket_position</c>), which keeps the sign.</summary>
    /// <param name="relative">The position that attends minus the position attended to.</param>
    /// <param name="size">The size of the buckets (<c>position_buckets</c>), at least 4; 0 or less for none, then every distance is its own.</param>
    /// <param name="longest">The longest distance plus 1 (<c>max_relative_positions</c>), more than half of <paramref name="size"/> plus 1.</param>
    /// <returns>From -<paramref name="size"/> + 1 to <paramref name="size"/> - 1 for distances below <paramref name="longest"/>.</returns>
    public static int DebertaV2(int relative, int size, int longest)
    {
        int middle = size / 2;
        long distance = Math.Abs((long)relative);
        if (size <= 0 || longest <= 0 || distance <= middle)
        {
            return relative;
        }

        float share = MathF.Log((float)distance / middle) / MathF.Log((float)(longest - 1) / middle);
        return Math.Sign(relative) * ((int)MathF.Ceiling(share * (middle - 1)) + middle);
    }

    private static int OfDistance(long distance, int buckets, int farthest)
    {
        int exact = buckets / 2;
        if (distance < exact)
        {
            return (int)distance;
        }

        float share = MathF.Log((float)distance / exact) / (float)Math.Log((double)farthest / exact);
        return (int)Math.Min(exact + (long)(share * (buckets - exact)), buckets - 1);
    }
}
