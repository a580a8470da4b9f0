namespace Attune.Text;

/// <summary>A reply in its place: what a model that is to give it reads, and what the template makes of it.</summary>
/// <param name="Reply">The reply's index among the messages.</param>
/// <param name="Prompt">The conversation before it, generation prompt included.</param>
/// <param name="UpTo">The conversation up to it and with it.</param>
/// <param name="Start">Where in <paramref name="UpTo"/> the reply begins: behind what the prompt supplies.</param>
internal sealed record ChatTurn(int Reply, RenderedChat Prompt, RenderedChat UpTo, int Start)
{
    /// <summary>Whether the text with the reply goes on from the prompt, letter for letter.</summary>
    public bool GoesOn => Start == Prompt.Text.Length && UpTo.Text.StartsWith(Prompt.Text, StringComparison.Ordinal);

    /// <summary>The template's marks that reach into the reply.</summary>
    public IEnumerable<TextRange> Marks => UpTo.GenerationSpans.Where(span => span.End > Start && span.Start < span.End);
}
