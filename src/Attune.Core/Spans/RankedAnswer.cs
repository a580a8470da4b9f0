using Attune.Text;

namespace Attune.Spans;

/// <summary>One of the best answers that <see cref="NBestAnswers"/> found.</summary>
/// <param name="Text">The context's text there; empty for no answer, and <c>empty</c> where nothing was found at all.</param>
/// <param name="Range">Where it is in the context, in UTF-16 units; 0 to 0 for no answer.</param>
/// <param name="StartLogit">The model's score for its first token.</param>
/// <param name="EndLogit">The model's score for its last token.</param>
/// <param name="Probability">Its share among the answers that were kept, from 0 to 1.</param>
public sealed record RankedAnswer(string Text, TextRange Range, float StartLogit, float EndLogit, float Probability);
