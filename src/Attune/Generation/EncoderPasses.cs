using System.Runtime.InteropServices;
using Attune.Models;
using Attune.Native;
using Attune.Nn;
using Attune.Text;
using static TorchSharp.torch;

namespace Attune.Generation;

/// <summary>Runs rows through an encoder: sorted by length, packed without padding, so that rows of one length share their products.</summary>
internal static class EncoderPasses
{
    /// <summary>Tokens that go through the model together where nobody says otherwise.</summary>
    public const int TokensPerPass = 2048;

    /// <summary>Runs rows.</summary>
    /// <param name="model">The encoder.</param>
    /// <param name="rows">The rows; none empty.</param>
    /// <param name="maxTokensPerPass">Tokens that go through the model together, at least 1; a longer row goes by itself.</param>
    /// <param name="result">From packed rows to [rows, width].</param>
    /// <param name="progress">Told how many rows are done.</param>
    /// <param name="cancellationToken">Stops between two passes.</param>
    /// <returns>Each row's numbers, in the rows' order.</returns>
    /// <exception cref="AttuneException">A row that the model cannot read.</exception>
    public static float[][] Run(
        EncoderModel model, IReadOnlyList<TokenRow> rows, int maxTokensPerPass, Func<PackedRows, Tensor> result, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokensPerPass, 1);
        for (int i = 0; i < rows.Count; i++)
        {
            Check(model, rows[i], i);
        }

        var results = new float[rows.Count][];
        int[] order = [.. Enumerable.Range(0, rows.Count).OrderBy(row => rows[row].Ids.Length)];
        try
        {
            for (int first = 0, next; first < order.Length; first = next)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int tokens = rows[order[first]].Ids.Length;
                for (next = first + 1; next < order.Length && tokens + rows[order[next]].Ids.Length <= maxTokensPerPass; next++)
                {
                    tokens += rows[order[next]].Ids.Length;
                }

                Pass(model, rows, order.AsSpan(first, next - first), result, results);
                progress?.Report(next);
            }
        }
        finally
        {
            Team.Release(); // The next request comes from any thread.
        }

        return results;
    }

    private static void Pass(EncoderModel model, IReadOnlyList<TokenRow> rows, ReadOnlySpan<int> part, Func<PackedRows, Tensor> result, float[][] results)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            TokenRow[] chosen = [.. part.ToArray().Select(row => rows[row])];
            using var packed = PackedRows.From([.. chosen.Select(row => row.Ids)], model.Device, tokenTypes: [.. chosen.Select(row => row.TypeIds)]);
            var found = result(packed);
            int width = (int)found.size(1);
            float[] all = TensorMemory.ToFloats(found);
            for (int i = 0; i < part.Length; i++)
            {
                results[part[i]] = all[(i * width)..((i + 1) * width)];
            }
        }
        catch (ExternalException e)
        {
            throw TorchError.Of(e);
        }
    }

    private static void Check(EncoderModel model, TokenRow row, int index)
    {
        if (row.Ids.Length == 0 || row.Ids.Length > model.MaxPositions)
        {
            throw new AttuneException(ExitCode.BadData, $"row {index + 1}", row.Ids.Length == 0 ? "has no token" : $"has {row.Ids.Length} tokens, but the model has places for {model.MaxPositions}", "cut the text");
        }

        if (Array.Find(row.Ids, id => id < 0 || id >= model.VocabularySize) is var id && (id < 0 || id >= model.VocabularySize))
        {
            throw new AttuneException(ExitCode.BadData, $"row {index + 1}", $"has the token {id}, but the model knows {model.VocabularySize} tokens", "use the model's own tokenizer");
        }
    }
}
