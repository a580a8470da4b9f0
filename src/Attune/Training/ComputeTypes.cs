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

    /// <summary>The same for a model that no recipe speaks of: where the word is "auto", a checkpoint of float32 is computed in float32.</summary>
    /// <param name="precision">What the user said.</param>
    /// <param name="stored">The checkpoint's own type; null: it is quantised, or nobody knows.</param>
    public static ScalarType Of(Recipes.Precision precision, Formats.ElementType? stored)
    {
        // float16 has more digits than bfloat16, and no product of its own on processors.
        bool isExact = precision == Recipes.Precision.Auto && stored is (Formats.ElementType.F32 or Formats.ElementType.F64 or Formats.ElementType.F16);
        return isExact ? ScalarType.Float32 : Of(precision);
    }
}
