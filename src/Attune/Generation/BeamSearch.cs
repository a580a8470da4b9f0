using Attune.Generation.Processors;
using Attune.Models;

namespace Attune.Generation;

/// <summary>
/// Beam search as transformers does it: processors act on log-probabilities; of the best continuations of all beams only the first
/// num_beams may finish, and the best that do not finish run on.
/// </summary>
internal sealed class BeamSearch
{
    private readonly LanguageModel model;
    private readonly Request request;
    private readonly GenerationOptions options;
    private readonly ILogitsProcessor[] processors;
    private readonly int[] prompt;
    private readonly int limit;
    private readonly List<Beam> finished = [];
    private List<Beam> running;

    private BeamSearch(LanguageModel model, Request request, int index)
    {
        this.model = model;
        this.request = request;
        options = request.Options;
        processors = LogitsProcessors.Of(options);
        prompt = request.Prompts[index];
        limit = request.Limits[index];
        running = [new Beam(prompt, 0, 0, null)];
    }

    /// <summary>Searches for every prompt, one after the other.</summary>
    /// <returns>For every prompt its sequences, best first.</returns>
    public static IReadOnlyList<IReadOnlyList<GeneratedSequence>> Run(LanguageModel model, Request request)
    {
        var results = new List<IReadOnlyList<GeneratedSequence>>();
        for (int i = 0; i < request.Prompts.Count; i++)
        {
            var sequences = new BeamSearch(model, request, i).Run();
            results.Add(sequences);
            Report(request, i, sequences);
        }

        return results;
    }

    // A beam's tokens are certain only when the search is over.
    private static void Report(Request request, int index, List<GeneratedSequence> sequences)
    {
        for (int i = 0; i < sequences.Count && request.OnToken is { } report; i++)
        {
            for (int t = 0; t < sequences[i].Tokens.Count; t++)
            {
                report(new GeneratedToken((index * sequences.Count) + i, sequences[i].Tokens[t], t == sequences[i].Tokens.Count - 1 ? sequences[i].Finish : null));
            }
        }
    }

    private List<GeneratedSequence> Run()
    {
        using var rows = new CachedRows(model, 1);
        rows.Read([prompt]);
        for (int length = 1; ; length++)
        {
            var candidates = Candidates(rows, length);
            Finish(candidates, length);
            running = [.. candidates.Where(beam => beam.Finish is null).Take(options.NumBeams)];
            if (running.Count == 0 || IsOver(length))
            {
                return [.. finished.Take(options.NumReturnSequences).Select(beam => new GeneratedSequence(beam.Tokens[prompt.Length..], beam.Finish!.Value, beam.Score))];
            }

            request.Cancel.ThrowIfCancellationRequested();
            rows.Reorder([.. running.Select(beam => beam.Parent)]);
            rows.Read([.. running.Select(beam => new[] { beam.Tokens[^1] })]);
        }
    }

    private bool IsOver(int length)
    {
        if (finished.Count < options.NumBeams)
        {
            return false;
        }

        int hypothetical = options is { EarlyStopping: EarlyStopping.WhenImpossible, LengthPenalty: > 0 } ? limit : length;
        return options.EarlyStopping == EarlyStopping.WhenFull || Score(running[0].LogProbability, hypothetical) <= finished.Min(beam => beam.Score);
    }

    private double Score(double logProbability, int length) => logProbability / Math.Pow(length, options.LengthPenalty);

    /// <summary>The best continuations of all beams, best first.</summary>
    private List<Beam> Candidates(CachedRows rows, int length)
    {
        int wanted = Math.Max(2, 1 + options.EosTokenIds.Count) * options.NumBeams;
        var best = new PriorityQueue<(int Beam, int Token), (float, int)>();
        for (int i = 0; i < running.Count; i++)
        {
            var scores = rows.Scores(i);
            LogSoftmax(scores);
            foreach (var processor in processors)
            {
                processor.Process(running[i].Tokens, prompt.Length, scores);
            }

            for (int token = 0; token < scores.Length; token++)
            {
                // Of equals the first stays, as the order of the queue says.
                float sum = scores[token] + running[i].LogProbability;
                var rank = (sum, -((i * scores.Length) + token));
                if (float.IsNegativeInfinity(sum))
                {
                    continue;
                }

                if (best.Count < wanted)
                {
                    best.Enqueue((i, token), rank);
                }
                else if (best.TryPeek(out _, out var least) && sum > least.Item1)
                {
                    best.EnqueueDequeue((i, token), rank);
                }
            }
        }

        var candidates = new List<Beam>();
        while (best.TryDequeue(out var next, out var rank))
        {
            int[] tokens = [.. running[next.Beam].Tokens, next.Token];
            candidates.Add(new Beam(tokens, rank.Item1, next.Beam, Ending.Of(tokens, length, limit, options.EosTokenIds, request.Stops)));
        }

        candidates.Reverse();
        return candidates;
    }

    /// <summary>Keeps the best sequences that ended, from before and among the first candidates.</summary>
    private void Finish(List<Beam> candidates, int length)
    {
        finished.AddRange(candidates.Take(options.NumBeams).Where(beam => beam.Finish is not null).Select(beam => beam with { Score = Score(beam.LogProbability, length) }));
        var best = finished.OrderByDescending(beam => beam.Score).Take(options.NumBeams).ToList();
        finished.Clear();
        finished.AddRange(best);
    }

    private static void LogSoftmax(Span<float> scores)
    {
        float largest = scores[Scores.Best(scores)];
        double sum = 0;
        foreach (float score in scores)
        {
            sum += Math.Exp(score - largest);
        }

        float normalizer = largest + (float)Math.Log(sum);
        foreach (ref float score in scores)
        {
            score -= normalizer;
        }
    }

    /// <summary>A sequence with its log-probability, and the beam that it goes on from.</summary>
    private sealed record Beam(int[] Tokens, float LogProbability, int Parent, FinishReason? Finish)
    {
        public double Score { get; init; }
    }
}
