using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>LoRA on an embedding: the rows of A' by number, times s B'.</summary>
internal sealed class LoraEmbeddingDelta : TrainedDelta
{
    private readonly Tensor a;
    private readonly Tensor b;
    private readonly double scale;
    private readonly int? paddingIndex;

    /// <summary>Creates the delta; it owns the tensors.</summary>
    /// <param name="a">[rank, count], float32.</param>
    /// <param name="b">[width, rank], float32.</param>
    /// <param name="scale">As in <see cref="LoraDelta"/>.</param>
    /// <param name="paddingIndex">The row that gets no gradient.</param>
    public LoraEmbeddingDelta(Tensor a, Tensor b, double scale, int? paddingIndex)
    {
        this.a = Leaf(a);
        this.b = Leaf(b);
        this.scale = scale;
        this.paddingIndex = paddingIndex;
        Tensors = [("lora_embedding_A", a), ("lora_embedding_B", b)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Tensor)> Tensors { get; }

    /// <inheritdoc/>
    public override Tensor Add(Tensor input, Tensor output)
    {
        var rows = a.index_select(1, input).t();
        if (paddingIndex is int padding && rows.requires_grad)
        {
            rows = where(input.eq(padding).unsqueeze(-1), rows.detach(), rows);
        }

        return output.addmm_(Precision.As(rows, output.dtype), Precision.As(b, output.dtype).t(), beta: 1, alpha: (float)scale);
    }

    /// <inheritdoc/>
    public override Tensor WeightChange()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return a.t().mm(b.t()).mul_(scale).MoveToOuterDisposeScope();
    }
}
