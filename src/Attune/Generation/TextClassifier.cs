using Attune.Data;
using Attune.Models;
using Attune.Text;
using static TorchSharp.torch;

namespace Attune.Generation;

/// <summary>Gives texts their labels, many at a time: sorted by length, without padding. Ask on one thread at a time.</summary>
public sealed class TextClassifier : IDisposable
{
    private readonly EncoderModel model;
    private readonly RowEncoder encoder;
    private readonly IDisposable? owned;

    /// <summary>Creates a classifier with a model, which stays the caller's.</summary>
    /// <param name="model">A classifier of texts.</param>
    /// <param name="maxTokens">The most tokens of a text, 2 or more: longer ones are cut; null: what the model has places for.</param>
    /// <exception cref="AttuneException">The model is none.</exception>
    public TextClassifier(OpenModel model, int? maxTokens = null)
        : this(model, maxTokens, null)
    {
    }

    private TextClassifier(OpenModel model, int? maxTokens, IDisposable? owned)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = EncoderModel.Of(model.Weights);
        this.owned = owned;
        _ = this.model.RequireClassifier();
        encoder = new RowEncoder(model.Tokenizer, null, new EncodeOptions { MaxTokens = Math.Min(maxTokens ?? int.MaxValue, this.model.MaxPositions), IsLabelled = true });
    }

    /// <summary>The labels, in the order of the scores.</summary>
    public IReadOnlyList<string> Labels => model.Labels;

    /// <summary>Opens a model, or an adapter with the model that it was made for, and creates a classifier that closes them when it is disposed.</summary>
    /// <param name="source">A model's folder or hub id, or an adapter's folder as a run leaves it.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <exception cref="AttuneException">There is nothing of that name, or it is no classifier.</exception>
    public static async Task<TextClassifier> OpenAsync(string source, CancellationToken cancellationToken = default)
    {
        var opened = await OpenedSource.OpenAsync(source, cancellationToken).ConfigureAwait(false);
        try
        {
            return new TextClassifier(opened.Model, null, opened);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Labels texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancellationToken">Stops between two passes through the model.</param>
    /// <returns>What each text is, in their order.</returns>
    public IReadOnlyList<LabelScores> Classify(IReadOnlyList<string> texts, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Classify([.. texts.Select(text => (text, (string?)null))], progress, cancellationToken);
    }

    /// <summary>Labels pairs of texts.</summary>
    /// <param name="pairs">The texts, each perhaps with a second one.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancellationToken">Stops between two passes through the model.</param>
    /// <returns>What each pair is, in their order.</returns>
    public IReadOnlyList<LabelScores> Classify(IReadOnlyList<(string Text, string? Pair)> pairs, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        TokenRow[] rows = [.. pairs.Select(pair => encoder.EncodeText(pair.Text, pair.Pair))];
        float[][] scores = EncoderPasses.Run(model, rows, EncoderPasses.TokensPerPass, packed => Scores(model.Logits(packed)), progress, cancellationToken);
        return [.. scores.Select(row => new LabelScores(Labels[Array.IndexOf(row, row.Max())], row))];
    }

    /// <inheritdoc/>
    public void Dispose() => owned?.Dispose();

    private Tensor Scores(Tensor logits) => model.ProblemType switch
    {
        ProblemType.SingleLabel => logits.softmax(-1),
        ProblemType.MultiLabel => logits.sigmoid(),
        _ => logits,
    };
}
