namespace Attune.Data;

/// <summary>
/// Which rows a step trains on: <see cref="BatchSize"/> at a time of the epochs laid end to end, so that a batch may hold the last
/// rows of one epoch and the first of the next, and every row is seen once an epoch. Only the very last step may have fewer rows.
/// </summary>
public sealed class BatchPlan
{
    private readonly RowOrder _order;

    /// <summary>Creates the plan.</summary>
    /// <param name="order">The order of the rows.</param>
    /// <param name="batchSize">Rows of a step, over all micro-batches and machines; at least 1.</param>
    /// <param name="epochs">How often every row is seen; may be a fraction; above 0.</param>
    public BatchPlan(RowOrder order, int batchSize, double epochs)
        : this(order, batchSize, (long)Math.Ceiling(Total(order, epochs) / (double)Math.Max(1, batchSize)), Total(order, epochs))
    {
    }

    private BatchPlan(RowOrder order, int batchSize, long steps, long total)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        _order = order;
        BatchSize = batchSize;
        Steps = steps;
        TotalRows = total;
    }

    /// <summary>Rows of a full step.</summary>
    public int BatchSize { get; }

    /// <summary>How many steps there are.</summary>
    public long Steps { get; }

    /// <summary>Rows of all steps.</summary>
    public long TotalRows { get; }

    /// <summary>A plan of so many full steps, whatever number of epochs that makes.</summary>
    /// <param name="order">The order of the rows.</param>
    /// <param name="batchSize">Rows of a step; at least 1.</param>
    /// <param name="steps">How many steps; at least 1.</param>
    public static BatchPlan OfSteps(RowOrder order, int batchSize, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new BatchPlan(order, batchSize, steps, checked(steps * batchSize));
    }

    /// <summary>The rows of a step, in their order.</summary>
    /// <param name="step">From 0 to <see cref="Steps"/> - 1.</param>
    public int[] At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, Steps);
        long first = step * BatchSize;
        int[] rows = new int[(int)Math.Min(BatchSize, TotalRows - first)];
        for (int i = 0; i < rows.Length; i++)
        {
            var (epoch, position) = Math.DivRem(first + i, _order.Rows);
            rows[i] = checked((int)_order.At(epoch, position));
        }

        return rows;
    }

    /// <summary>The epoch, as a fraction, that has been reached before a step.</summary>
    /// <param name="step">From 0 to <see cref="Steps"/>.</param>
    public double EpochAt(long step) => Math.Min(step * BatchSize, TotalRows) / (double)_order.Rows;

    private static long Total(RowOrder order, double epochs)
    {
        if (!(epochs > 0 && double.IsFinite(epochs)))
        {
            throw new ArgumentOutOfRangeException(nameof(epochs), epochs, "must be above 0");
        }

        return Math.Max(1, (long)Math.Round(epochs * order.Rows));
    }
}
