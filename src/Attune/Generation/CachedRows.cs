using Attune.Models;
using Attune.Native;
using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Generation;

/// <summary>Rows that a model continues together: their cache, and the scores of each row's next token.</summary>
internal sealed class CachedRows : IDisposable
{
    private readonly LanguageModel model;
    private readonly KvCache cache;
    private readonly int vocabulary;
    private float[] scores = [];

    public CachedRows(LanguageModel model, int rows)
    {
        this.model = model;
        cache = model.NewCache(rows);
        vocabulary = model.OutputProjection.OutFeatures;
    }

    /// <summary>The scores of a row's next token, after the last <see cref="Read"/>; free to be changed.</summary>
    public Span<float> Scores(int row) => scores.AsSpan(row * vocabulary, vocabulary);

    /// <summary>Runs new tokens of every row through the model.</summary>
    /// <param name="tokens">The new tokens of each row, at least one.</param>
    public void Read(IReadOnlyList<int[]> tokens)
    {
        using var scope = NewDisposeScope();
        using var rows = PackedRows.From(tokens, model.Device, starts: cache.Lengths);
        var hidden = model.Hidden(rows, cache);
        if (rows.Count > tokens.Count)
        {
            // Only a row's last token predicts what is wanted.
            long[] last = new long[tokens.Count];
            long end = -1;
            for (int row = 0; row < last.Length; row++)
            {
                last[row] = end += tokens[row].Length;
            }

            hidden = hidden.index_select(0, tensor(last, device: model.Device));
        }

        var logits = Precision.As(model.Logits(hidden), float32);
        TensorMemory.CopyTo(logits, ref scores);
    }

    /// <summary>Takes rows anew: row i becomes what row order[i] was.</summary>
    public void Reorder(IReadOnlyList<int> order)
    {
        for (int i = 0; i < order.Count; i++)
        {
            if (order[i] != i || order.Count != cache.Lengths.Count)
            {
                cache.Reorder(order);
                return;
            }
        }
    }

    public void Dispose() => cache.Dispose();
}
