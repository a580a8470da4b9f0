namespace Attune.Evaluation;

/// <summary>A point of a curve: one step, or several together where the curve was thinned.</summary>
/// <param name="Step">The step, counted from 1; of several, the last.</param>
/// <param name="Value">The value; of several, their mean.</param>
/// <param name="Low">The lowest of them.</param>
/// <param name="High">The highest.</param>
public readonly record struct CurvePoint(long Step, double Value, double Low, double High);
