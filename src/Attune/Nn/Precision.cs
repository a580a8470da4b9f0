using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Casts that cost nothing where there is nothing to do.</summary>
public static class Precision
{
    /// <summary>The tensor in that type: itself where it has it.</summary>
    /// <param name="tensor">Any tensor.</param>
    /// <param name="type">The type wanted.</param>
    public static Tensor As(Tensor tensor, ScalarType type)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.dtype == type ? tensor : tensor.to(type);
    }
}
