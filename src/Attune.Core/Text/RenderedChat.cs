namespace Attune.Text;

/// <summary>What a chat template made of a conversation. All ranges are in UTF-16 units of <see cref="Text"/>.</summary>
/// <param name="Text">The rendered text; to be tokenised without adding special tokens, for the template writes its own.</param>
/// <param name="GenerationSpans">What stood in <c>{% generation %}</c> blocks, in the order in which they ended.</param>
/// <param name="PlainSpans">
/// What came from the conversation, its tools, documents and variables, not from the template: ascending and apart.
/// A special token written there by a user is text.
/// </param>
public sealed record RenderedChat(string Text, IReadOnlyList<TextRange> GenerationSpans, IReadOnlyList<TextRange> PlainSpans);
