using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Objectives;

/// <summary>The loss of a classifier that says yes or no to each of several labels: a row's is the mean over its labels.</summary>
public static class BinaryCrossEntropy
{
    /// <summary>The sum of the rows' losses, to be divided by the number of rows of the whole step.</summary>
    /// <param name="logits">[rows, labels].</param>
    /// <param name="targets">[rows, labels], float32: 1 where a row has a label, else 0.</param>
    /// <returns>A float32 scalar that backward can start from.</returns>
    public static Tensor Sum(Tensor logits, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return nn.functional.binary_cross_entropy_with_logits(Precision.As(logits, ScalarType.Float32), targets, reduction: nn.Reduction.Sum) / logits.size(1);
    }
}
