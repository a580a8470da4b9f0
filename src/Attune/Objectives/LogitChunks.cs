using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Objectives;

/// <summary>Logits, some rows at a time, always in the same memory.</summary>
internal sealed class LogitChunks
{
    private readonly Tensor hidden;
    private readonly Tensor transposed;
    private readonly Tensor? bias;
    private readonly Tensor buffer;

    /// <summary>Makes the buffer, in the caller's dispose scope.</summary>
    /// <param name="hidden">[rows, width].</param>
    /// <param name="weight">[vocabulary, width].</param>
    /// <param name="bias">[vocabulary]; null where there is none.</param>
    /// <param name="bytes">About how large the buffer may be.</param>
    public LogitChunks(Tensor hidden, Tensor weight, Tensor? bias, long bytes)
    {
        this.hidden = hidden.detach();
        this.bias = bias?.detach().to(hidden.dtype);
        Weight = weight.detach().to(hidden.dtype);
        transposed = Weight.t();
        long vocabulary = weight.size(0);
        Rows = Math.Max(1, Math.Min(hidden.size(0), bytes / (vocabulary * hidden.element_size())));

        // Pieces of one size: a small rest would be a slow product.
        long pieces = (hidden.size(0) + Rows - 1) / Rows;
        Rows = pieces == 0 ? Rows : (hidden.size(0) + pieces - 1) / pieces;
        buffer = empty([Rows, vocabulary], dtype: hidden.dtype, device: hidden.device);
    }

    /// <summary>How many rows a chunk has; the last may have fewer.</summary>
    public long Rows { get; }

    /// <summary>The weight in the type of the products.</summary>
    public Tensor Weight { get; }

    /// <summary>The logits from a row on, valid until the next call.</summary>
    /// <param name="start">The first row.</param>
    /// <returns>[rows, vocabulary].</returns>
    public Tensor At(long start)
    {
        Tensor rows = hidden.narrow(0, start, Math.Min(Rows, hidden.size(0) - start));
        Tensor logits = buffer.narrow(0, 0, rows.size(0));
        if (bias is not null)
        {
            logits.copy_(bias.expand(logits.shape));
        }

        return logits.addmm_(rows, transposed, beta: bias is null ? 0 : 1, alpha: 1);
    }
}
