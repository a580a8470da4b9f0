namespace Attune.Metrics;

/// <summary>What a test of significance came to.</summary>
/// <param name="Statistic">The test's own figure.</param>
/// <param name="PValue">How likely a figure at least as extreme is where there is no difference, from 0 to 1 (two-sided).</param>
/// <param name="Df">The degrees of freedom of Student's t; NaN for tests that have none.</param>
public readonly record struct TestResult(double Statistic, double PValue, double Df = double.NaN);
