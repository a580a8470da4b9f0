using Attune.Text;

namespace Attune.Spans;

/// <summary>An answer found in a context.</summary>
/// <param name="Score">Its probability: that of its first token times that of its last, added up over the places that give this answer.</param>
/// <param name="Range">Where it is in the context, in UTF-16 units, as .NET's strings count (transformers counts code points); 0 to 0 for no answer.</param>
/// <param name="Answer">The context's text there; empty for no answer.</param>
public sealed record SpanAnswer(double Score, TextRange Range, string Answer);
