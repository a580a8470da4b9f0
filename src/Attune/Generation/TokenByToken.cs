using Attune.Models;

namespace Attune.Generation;

/// <summary>Greedy decoding and sampling: all sequences go on together, a token each a step; those that ended leave.</summary>
internal static class TokenByToken
{
    // Rows beyond these wait: their caches would take memory and gain no speed.
    private const int MostRows = 64;

    /// <summary>Generates.</summary>
    /// <returns>For every prompt its sequences.</returns>
    public static IReadOnlyList<IReadOnlyList<GeneratedSequence>> Run(LanguageModel model, Request request)
    {
        int copies = request.Options.NumReturnSequences, together = Math.Max(1, MostRows / copies);
        var results = new List<IReadOnlyList<GeneratedSequence>>();
        for (int first = 0; first < request.Prompts.Count; first += together)
        {
            results.AddRange(Run(model, request, first, Math.Min(together, request.Prompts.Count - first)));
        }

        return results;
    }

    private static IEnumerable<IReadOnlyList<GeneratedSequence>> Run(LanguageModel model, Request request, int first, int prompts)
    {
        int copies = request.Options.NumReturnSequences;
        using var rows = new CachedRows(model, prompts);
        rows.Read([.. request.Prompts.Skip(first).Take(prompts)]);
        var all = new List<Continuation>();
        for (int i = 0; i < prompts * copies; i++)
        {
            int prompt = first + (i / copies);
            var sampler = new Sampler(request.Options.DoSample, request.Seed, i % copies);
            all.Add(new Continuation((first * copies) + i, request.Prompts[prompt], request.Limits[prompt], request.Options, request.Stops, sampler));
        }

        // The copies of a prompt read the same scores, each from a place of its own.
        float[][] begun = [.. all.Select((_, i) => rows.Scores(i / copies).ToArray())];
        rows.Reorder([.. all.Select((_, i) => i / copies)]);
        var running = all.ToList();
        for (int i = 0; i < running.Count; i++)
        {
            Advance(running[i], begun[i], request);
        }

        while (true)
        {
            if (running.Exists(row => row.Finish is not null))
            {
                int[] left = [.. Enumerable.Range(0, running.Count).Where(i => running[i].Finish is null)];
                if (left.Length == 0)
                {
                    return all.Select(row => row.Result).Chunk(copies);
                }

                rows.Reorder(left);
                running = [.. left.Select(i => running[i])];
            }

            request.Cancel.ThrowIfCancellationRequested();
            rows.Read([.. running.Select(row => new[] { row.Last })]);
            for (int i = 0; i < running.Count; i++)
            {
                Advance(running[i], rows.Scores(i), request);
            }
        }
    }

    private static void Advance(Continuation row, Span<float> scores, Request request)
    {
        row.Advance(scores);
        request.OnToken?.Invoke(new GeneratedToken(row.Row, row.Last, row.Finish));
    }
}
