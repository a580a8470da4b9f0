namespace Attune.Text;

/// <summary>A stretch of a string, in UTF-16 code units: from <paramref name="Start"/> up to, and without, <paramref name="End"/>.</summary>
/// <param name="Start">Index of the first code unit.</param>
/// <param name="End">Index after the last code unit; not less than <paramref name="Start"/>.</param>
public readonly record struct TextRange(int Start, int End);
