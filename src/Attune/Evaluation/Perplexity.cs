using System.Runtime.InteropServices;
using Attune.Data;
using Attune.Models;
using Attune.Native;
using Attune.Nn;
using Attune.Objectives;
using Attune.Tasks;
using Attune.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Evaluation;

/// <summary>
/// How well a model predicts given tokens. Rows are packed without padding, logits made a chunk at a time and only where a token counts;
/// nothing is kept but sums. Ask on one thread at a time.
/// </summary>
public static class Perplexity
{
    /// <summary>The loss of every row, over its trained tokens; its first is never predicted, for nothing comes before it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="maxTokensPerPass">Tokens that go through the model together, at least 1; a longer row goes by itself.</param>
    /// <param name="progress">Told how many rows are done.</param>
    /// <param name="cancellationToken">Stops between two passes.</param>
    /// <returns>A loss for each row, in their order; of no tokens where none of a row's counts.</returns>
    /// <exception cref="AttuneException">A row that the model cannot read.</exception>
    public static IReadOnlyList<TokenLoss> OfRows(
        LanguageModel model, IReadOnlyList<TokenRow> rows, int maxTokensPerPass = 4096, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        for (int i = 0; i < rows.Count; i++)
        {
            Check(model, rows[i], i);
        }

        var losses = new TokenLoss[rows.Count];
        int done = 0;
        foreach (int[] part in MicroBatches.Pack([.. rows.Select(row => row.Ids.Length)], maxTokensPerPass))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] wanted = [.. part.Where(row => Enumerable.Range(1, Math.Max(0, rows[row].Ids.Length - 1)).Any(place => rows[row].Trained[place]))];
            var found = wanted.Length == 0 ? [] : Pass(model, [.. wanted.Select(row => rows[row])]);
            for (int i = 0; i < wanted.Length; i++)
            {
                losses[wanted[i]] = found[i];
            }

            progress?.Report(done += part.Length);
        }

        return losses;
    }

    /// <summary>The loss of a long text in windows that overlap, so that every token but the first ones has something before it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The text's tokens.</param>
    /// <param name="window">Tokens of a window, from 2 to what the model has places for; the last window may have fewer.</param>
    /// <param name="stride">How far each window begins behind the one before, from 1 to <paramref name="window"/>.</param>
    /// <param name="progress">Told how many windows are done.</param>
    /// <param name="cancellationToken">Stops between two windows.</param>
    /// <returns>The windows one after the other; their losses add up to the text's.</returns>
    /// <exception cref="AttuneException">The text has tokens that the model does not know.</exception>
    public static IReadOnlyList<TextWindow> OfText(
        LanguageModel model, IReadOnlyList<int> ids, int window, int stride, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stride, window);
        var windows = new List<TextWindow>();
        int covered = 0;
        for (int begin = 0; covered < ids.Count; begin += stride)
        {
            int end = Math.Min(begin + window, ids.Count), first = covered - begin;
            var row = new TokenRow([.. Enumerable.Range(begin, end - begin).Select(place => ids[place])], [.. Enumerable.Range(0, end - begin).Select(place => place >= first)]);
            var loss = OfRows(model, [row], window, null, cancellationToken)[0];
            windows.Add(new TextWindow(begin, end, end - covered, loss));
            covered = end;
            progress?.Report(windows.Count);
        }

        return windows;
    }

    /// <summary>The loss of all windows together.</summary>
    /// <param name="windows">A text's windows.</param>
    public static TokenLoss Sum(IEnumerable<TextWindow> windows) => windows.Aggregate(default(TokenLoss), (sum, window) => sum + window.Loss);

    private static TokenLoss[] Pass(LanguageModel model, IReadOnlyList<TokenRow> rows)
    {
        using var batch = Batch.From(rows, model.Device);
        float[] losses = Losses(model, batch);
        var sums = new TokenLoss[rows.Count];
        int at = 0;
        for (int row = 0; row < sums.Length; row++)
        {
            for (int end = at + batch.TrainedOfRow[row]; at < end; at++)
            {
                sums[row] += new TokenLoss(losses[at], 1);
            }
        }

        return sums;
    }

    private static float[] Losses(LanguageModel model, Batch batch)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            var hidden = model.Hidden(batch.Rows).index_select(0, batch.Places);
            var output = model.OutputProjection;
            return TensorMemory.ToFloats(output.Delta is null && !output.IsTransposed
                ? CrossEntropy.PerRow(hidden, output.Weight.ReadValue(), output.Bias?.Value, batch.Targets) : InChunks(model, hidden, batch.Targets));
        }
        catch (ExternalException e)
        {
            throw TorchError.Of(e);
        }
    }

    /// <summary>The same through the layer itself, where tuning added something to it.</summary>
    private static Tensor InChunks(LanguageModel model, Tensor hidden, Tensor next)
    {
        const int Rows = 128;
        var parts = new List<Tensor>();
        for (long at = 0; at < hidden.shape[0]; at += Rows)
        {
            using var scope = NewDisposeScope();
            long count = Math.Min(Rows, hidden.shape[0] - at);
            var logits = Precision.As(model.Logits(hidden.narrow(0, at, count)), float32);
            parts.Add((logits.logsumexp(-1) - logits.gather(1, next.narrow(0, at, count).unsqueeze(1)).squeeze(1)).MoveToOuterDisposeScope());
        }

        return cat(parts, 0);
    }

    private static void Check(LanguageModel model, TokenRow row, int index)
    {
        if (row.Ids.Length > model.MaxPositions)
        {
            throw new AttuneException(ExitCode.BadData, $"row {index + 1}", $"has {row.Ids.Length} tokens, but the model has places for {model.MaxPositions}", "cut the row, or measure a long text in windows");
        }

        if (Array.Find(row.Ids, id => id < 0 || id >= model.VocabularySize) is var id && (id < 0 || id >= model.VocabularySize))
        {
            throw new AttuneException(ExitCode.BadData, $"row {index + 1}", $"has the token {id}, but the model knows {model.VocabularySize} tokens", "use the model's own tokenizer");
        }
    }
}
