using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>A stretch of the flat buffers, for a rule that does in its own pass over the memory what is else to be done with it.</summary>
/// <param name="Values">The values, float32: changed in place.</param>
/// <param name="Gradients">The gradients as they were collected.</param>
/// <param name="GradientScale">What they are still to be multiplied by.</param>
/// <param name="Rounded">The values that the model computes with, to be written; null: they are <paramref name="Values"/>.</param>
/// <param name="Rows">The rows that have a gradient, where the stretch is one matrix of which that is known; null: all may have.</param>
internal readonly record struct FlatStretch(Tensor Values, Tensor Gradients, double GradientScale, Tensor? Rounded, TouchedRows? Rows);
