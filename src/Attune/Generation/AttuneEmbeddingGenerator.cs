using Attune.Data;
using Attune.Models;
using Attune.Nn;
using Attune.Text;
using Microsoft.Extensions.AI;
using TorchSharp;

namespace Attune.Generation;

/// <summary>
/// An encoder as Microsoft.Extensions.AI's generator of sentence embeddings: the mean of a text's last states, of length 1 where nothing else is
/// asked for, so that a product of two is their cosine. Many texts at a time: sorted by length, without padding. Ask on one thread at a time.
/// </summary>
public sealed class AttuneEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly EncoderModel model;
    private readonly RowEncoder encoder;
    private readonly bool normalize;
    private readonly IDisposable? owned;
    private readonly EmbeddingGeneratorMetadata metadata;

    /// <summary>Creates a generator with a model, which stays the caller's.</summary>
    /// <param name="model">An encoder.</param>
    /// <param name="normalize">Whether embeddings have length 1.</param>
    /// <param name="maxTokens">The most tokens of a text, 2 or more: longer ones are cut; null: what the model has places for.</param>
    /// <exception cref="AttuneException">The model is no encoder.</exception>
    public AttuneEmbeddingGenerator(OpenModel model, bool normalize = true, int? maxTokens = null)
        : this(model, normalize, maxTokens, null)
    {
    }

    private AttuneEmbeddingGenerator(OpenModel model, bool normalize, int? maxTokens, IDisposable? owned)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = EncoderModel.Of(model.Weights);
        this.normalize = normalize;
        this.owned = owned;
        encoder = new RowEncoder(model.Tokenizer, null, new EncodeOptions { MaxTokens = Math.Min(maxTokens ?? int.MaxValue, this.model.MaxPositions) });
        metadata = new EmbeddingGeneratorMetadata("attune", null, Path.GetFileName(Path.TrimEndingDirectorySeparator(model.Path)), Width);
    }

    /// <summary>How many numbers an embedding has.</summary>
    public int Width => (int)model.InputEmbedding.Weight.Shape[1];

    /// <summary>Opens a model, or an adapter with the model that it was made for, and creates a generator that closes them when it is disposed.</summary>
    /// <param name="source">A model's folder or hub id, or an adapter's folder as a run leaves it.</param>
    /// <param name="normalize">Whether embeddings have length 1.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <exception cref="AttuneException">There is nothing of that name, or it is no encoder.</exception>
    public static async Task<AttuneEmbeddingGenerator> OpenAsync(string source, bool normalize = true, CancellationToken cancellationToken = default)
    {
        var opened = await OpenedSource.OpenAsync(source, cancellationToken).ConfigureAwait(false);
        try
        {
            return new AttuneEmbeddingGenerator(opened.Model, normalize, null, opened);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Embeds texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancellationToken">Stops between two passes through the model.</param>
    /// <returns><see cref="Width"/> numbers a text, in their order.</returns>
    public IReadOnlyList<float[]> Embed(IReadOnlyList<string> texts, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return EncoderPasses.Run(model, encoder.EncodeTexts(texts), EncoderPasses.TokensPerPass, Embed, progress, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="AttuneException">An option that cannot be honoured.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is int dimensions && dimensions != Width)
        {
            throw new AttuneException(ExitCode.Usage, "Dimensions", $"is {dimensions}, but the model's embeddings have {Width} numbers", "leave it out");
        }

        return Task.Run(() => new GeneratedEmbeddings<Embedding<float>>(Embed([.. values], null, cancellationToken).Select(one => new Embedding<float>(one) { ModelId = metadata.DefaultModelId })), cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null : serviceType == typeof(EmbeddingGeneratorMetadata) ? metadata : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose() => owned?.Dispose();

    private torch.Tensor Embed(PackedRows rows)
    {
        var pooled = MeanPooling.Of(model.Hidden(rows), rows);
        return normalize ? torch.nn.functional.normalize(pooled, p: 2, dim: 1) : pooled;
    }
}
