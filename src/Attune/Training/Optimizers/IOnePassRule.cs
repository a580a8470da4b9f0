using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>A rule that can scale the gradients, update and round in one pass over the memory, and pass over rows without a gradient.</summary>
internal interface IOnePassRule : IUpdateRule
{
    /// <summary>Updates a stretch, to the same bits as <see cref="IUpdateRule.Update"/> between scaling and rounding.</summary>
    /// <param name="stretch">The stretch.</param>
    /// <param name="state">As for <see cref="IUpdateRule.Update"/>.</param>
    /// <param name="step">As for <see cref="IUpdateRule.Update"/>.</param>
    /// <param name="learningRate">The rate.</param>
    /// <returns>False: not here, and nothing was done.</returns>
    bool TryUpdate(in FlatStretch stretch, IReadOnlyList<Tensor> state, long step, double learningRate);
}
