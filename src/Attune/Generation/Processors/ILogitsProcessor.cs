namespace Attune.Generation.Processors;

/// <summary>Changes the scores of the next token: one of transformers' logits processors. Holds no state, so that rows may change places.</summary>
internal interface ILogitsProcessor
{
    /// <summary>Changes the scores.</summary>
    /// <param name="tokens">Prompt and text so far.</param>
    /// <param name="promptLength">How many of them are the prompt.</param>
    /// <param name="scores">One a token of the vocabulary; negative infinity: cut.</param>
    void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> scores);
}
