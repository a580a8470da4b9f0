using Attune.Formats;
using Attune.Models;
using Attune.Nn;
using Attune.Objectives;
using Attune.Tasks;
using static TorchSharp.torch;

namespace Attune.Verification;

/// <summary>What a fixture's batch is to a classifier of rows: the rows, and what it is to say of them.</summary>
/// <param name="rows">The rows.</param>
/// <param name="source">Tensors of a forward's arguments.</param>
/// <param name="prefix">What the names begin with.</param>
internal sealed class ClassifierBatch(FixtureRows rows, ITensorSource source, string prefix = "")
{
    /// <summary>How many rows there are.</summary>
    public int Count => rows.Rows;

    /// <summary>[rows, labels].</summary>
    public Tensor Logits(EncoderModel model)
    {
        using var packed = rows.Pack();
        return model.Logits(packed);
    }

    /// <summary>The sum of the rows' losses.</summary>
    public Tensor Loss(EncoderModel model, CrossEntropyOptions? options = null)
    {
        using var packed = rows.Pack();
        return ClassifierLoss.Sum(model, packed, Targets(model), options);
    }

    private Tensor Targets(EncoderModel model) => model.ProblemType == ProblemType.SingleLabel
        ? tensor(source.ReadIntegers(prefix + "labels"), device: CPU) : tensor(source.ReadFloats(prefix + "labels"), device: CPU).view(Count, -1);
}
