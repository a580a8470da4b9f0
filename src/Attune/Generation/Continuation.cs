using System.Runtime.InteropServices;
using Attune.Generation.Processors;

namespace Attune.Generation;

/// <summary>One sequence that is being generated: its tokens, how the next is chosen, and when it ends.</summary>
internal sealed class Continuation
{
    private readonly GenerationOptions options;
    private readonly ILogitsProcessor[] processors;
    private readonly StopStrings? stops;
    private readonly Sampler sampler;
    private readonly List<int> tokens;
    private readonly int promptLength;
    private readonly int limit;

    public Continuation(int row, int[] prompt, int limit, GenerationOptions options, StopStrings? stops, Sampler sampler)
    {
        Row = row;
        this.options = options;
        this.stops = stops;
        this.sampler = sampler;
        this.limit = limit;
        processors = LogitsProcessors.Of(options);
        tokens = new List<int>(prompt.Length + Math.Min(limit, 1024));
        tokens.AddRange(prompt);
        promptLength = prompt.Length;
    }

    /// <summary>Which sequence of the request this is.</summary>
    public int Row { get; }

    /// <summary>The token chosen last.</summary>
    public int Last => tokens[^1];

    /// <summary>Why it ended; null: it goes on.</summary>
    public FinishReason? Finish { get; private set; }

    /// <summary>What was generated.</summary>
    public GeneratedSequence Result => new(tokens[promptLength..], Finish ?? FinishReason.Length);

    /// <summary>Chooses the next token.</summary>
    /// <param name="scores">The model's logits; changed.</param>
    public void Advance(Span<float> scores)
    {
        var soFar = CollectionsMarshal.AsSpan(tokens);
        foreach (var processor in processors)
        {
            processor.Process(soFar, promptLength, scores);
        }

        tokens.Add(sampler.Next(scores, tokens.Count - promptLength));
        Finish = Ending.Of(CollectionsMarshal.AsSpan(tokens), tokens.Count - promptLength, limit, options.EosTokenIds, stops);
    }
}
