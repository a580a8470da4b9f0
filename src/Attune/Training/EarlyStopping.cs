namespace Attune.Training;

/// <summary>Remembers the best measurement, and says when to stop.</summary>
/// <param name="patience">Measurements in a row without a better one after which to stop; null: never.</param>
/// <param name="minDelta">The least difference that counts as better, at least 0.</param>
internal sealed class EarlyStopping(int? patience, double minDelta)
{
    /// <summary>The lowest so far; infinity before the first.</summary>
    public double Best { get; private set; } = double.PositiveInfinity;

    /// <summary>The steps done when it was measured; -1 before the first.</summary>
    public long BestStep { get; private set; } = -1;

    /// <summary>Measurements since then.</summary>
    public int Waited { get; private set; }

    /// <summary>Whether it has waited long enough.</summary>
    public bool ShouldStop => patience is int limit && Waited >= limit;

    /// <summary>Takes a measurement.</summary>
    /// <returns>Whether it is the best so far.</returns>
    public bool Take(long step, double value)
    {
        if (value < Best - minDelta)
        {
            (Best, BestStep, Waited) = (value, step, 0);
            return true;
        }

        Waited++;
        return false;
    }

    /// <summary>Takes up where a checkpoint was written.</summary>
    public void Restore(double best, long bestStep, int waited) => (Best, BestStep, Waited) = (best, bestStep, waited);
}
