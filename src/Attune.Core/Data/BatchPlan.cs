namespace Attune.Data;

/// <summary>
/// Which rows a step trains on: every epoch is cut into batches of <see cref="BatchSize"/> rows, the last of which may be smaller, as
/// transformers does. So every row is seen once an epoch, and no batch holds a row twice.
/// </summary>
public sealed class BatchPlan
{
    private readonly RowOrder _order;

    /// <summary>Creates the plan.</summary>
    /// <param name="order">The order of the rows.</param>
    /// <param name="batchSize">Rows of a step, over all micro-batches and machines; at least 1.</param>
    /// <param name="epochs">
    /// How often every row is seen; above 0. A fraction of an epoch is that fraction of its steps, rounded up.
    /// </param>
    public BatchPlan(RowOrder order, int batchSize, double epochs)
        : this(order, batchSize, StepsOf(order, batchSize, epochs))
    {
    }

    private BatchPlan(RowOrder order, int batchSize, long steps)
    {
        _order = order;
        BatchSize = batchSize;
        StepsPerEpoch = PerEpoch(order, batchSize);
        Steps = steps;
        TotalRows = RowsBefore(steps);
    }

    /// <summary>Rows of a full step.</summary>
    public int BatchSize { get; }

    /// <summary>Steps in which every row is seen once.</summary>
    public long StepsPerEpoch { get; }

    /// <summary>How many steps there are.</summary>
    public long Steps { get; }

    /// <summary>Rows of all steps.</summary>
    public long TotalRows { get; }

    /// <summary>A plan of so many steps, whatever number of epochs that makes.</summary>
    /// <param name="order">The order of the rows.</param>
    /// <param name="batchSize">Rows of a step; at least 1.</param>
    /// <param name="steps">How many steps; at least 1.</param>
    public static BatchPlan OfSteps(RowOrder order, int batchSize, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new BatchPlan(order, batchSize, steps);
    }

    /// <summary>The rows of a step, in their order.</summary>
    /// <param name="step">From 0 to <see cref="Steps"/> - 1.</param>
    public int[] At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, Steps);
        var (epoch, batch) = Math.DivRem(step, StepsPerEpoch);
        long first = batch * BatchSize;
        int[] rows = new int[(int)Math.Min(BatchSize, _order.Rows - first)];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = checked((int)_order.At(epoch, first + i));
        }

        return rows;
    }

    /// <summary>The epoch, as a fraction, that has been reached before a step.</summary>
    /// <param name="step">From 0 to <see cref="Steps"/>.</param>
    public double EpochAt(long step) => RowsBefore(step) / (double)_order.Rows;

    private long RowsBefore(long step)
    {
        var (epoch, batch) = Math.DivRem(step, StepsPerEpoch);
        return checked((epoch * _order.Rows) + (batch * BatchSize));
    }

    private static long PerEpoch(RowOrder order, int batchSize) => ((order.Rows - 1) / batchSize) + 1;

    private static long StepsOf(RowOrder order, int batchSize, double epochs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (!(epochs > 0 && double.IsFinite(epochs)))
        {
            throw new ArgumentOutOfRangeException(nameof(epochs), epochs, "must be above 0");
        }

        // Fractions such as 0.1 are not exact: 0.1 of 30 steps is 3.
        return Math.Max(1, (long)Math.Ceiling((epochs * PerEpoch(order, batchSize)) - 1e-9));
    }
}
