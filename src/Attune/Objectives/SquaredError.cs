using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Objectives;

/// <summary>The loss of a model that says numbers: a row's is the mean of its squared errors.</summary>
public static class SquaredError
{
    /// <summary>The sum of the rows' losses, to be divided by the number of rows of the whole step.</summary>
    /// <param name="outputs">[rows, numbers].</param>
    /// <param name="targets">As <paramref name="outputs"/>, float32.</param>
    /// <returns>A float32 scalar that backward can start from.</returns>
    public static Tensor Sum(Tensor outputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return nn.functional.mse_loss(Precision.As(outputs, ScalarType.Float32), targets, nn.Reduction.Sum) / outputs.size(1);
    }
}
