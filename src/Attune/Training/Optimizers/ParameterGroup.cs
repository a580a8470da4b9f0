using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Parameters that are trained alike.</summary>
/// <param name="Parameters">Leaf tensors that ask for gradients, with the names that checkpoints use for them; float32, bfloat16 or float16.</param>
/// <param name="Overrides">What differs from the optimizer's own settings (<c>lr</c>, <c>weight_decay</c>, …), by its names; null: nothing.</param>
public sealed record ParameterGroup(IReadOnlyList<(string Name, Tensor Value)> Parameters, IReadOnlyDictionary<string, object?>? Overrides = null);
