namespace Attune.Evaluation;

/// <summary>Something that a report tells: a name and a value, both ready to be read.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">What it is worth.</param>
public sealed record ReportFact(string Name, string Value);
