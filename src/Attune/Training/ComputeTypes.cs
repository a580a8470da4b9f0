using Attune.Native;
using static TorchSharp.torch;

namespace Attune.Training;

/// <summary>The precision that a recipe's word comes to on this machine.</summary>
public static class ComputeTypes
{
    /// <summary>bfloat16 only where the processor multiplies it in hardware: elsewhere libtorch's products are a hundred times slower than in float32.</summary>
    /// <param name="precision">The recipe's word.</param>
    public static ScalarType Of(Recipes.Precision precision) => precision switch
    {
        Recipes.Precision.Float32 => ScalarType.Float32,
        Recipes.Precision.BFloat16 => ScalarType.BFloat16,
        _ => Processor.HasBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32,
    };
}
