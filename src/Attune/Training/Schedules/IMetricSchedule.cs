namespace Attune.Training.Schedules;

/// <summary>A schedule that also follows a metric: its rate depends on what was reported, and that is saved with a checkpoint.</summary>
public interface IMetricSchedule : ISchedule
{
    /// <summary>Tells the metric's next value. It counts from the next step on.</summary>
    /// <param name="metric">The value.</param>
    void Report(double metric);

    /// <summary>What was learned from the reports so far: lists of numbers by name (infinities are possible).</summary>
    IReadOnlyDictionary<string, IReadOnlyList<double>> Save();

    /// <summary>Takes up where <see cref="Save"/> was called.</summary>
    /// <param name="state">What <see cref="Save"/> gave.</param>
    /// <exception cref="AttuneException">A part is missing.</exception>
    void Load(IReadOnlyDictionary<string, IReadOnlyList<double>> state);
}
