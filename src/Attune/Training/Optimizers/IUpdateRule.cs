using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>An update that works element by element, so that parameters which are alike are one long vector.</summary>
internal interface IUpdateRule
{
    /// <summary>What it remembers of every element: torch's name, and the value at the start.</summary>
    IReadOnlyList<(string Name, double Initial)> State { get; }

    /// <summary>The same rule with another momentum (Adam: first beta); null where it has none.</summary>
    IUpdateRule? WithMomentum(double momentum);

    /// <summary>Updates a stretch.</summary>
    /// <param name="value">The values, a float32 vector: changed in place.</param>
    /// <param name="gradient">The gradients: left as they are.</param>
    /// <param name="state">What is remembered, in the order of <see cref="State"/>: changed in place.</param>
    /// <param name="step">How many updates these parameters have had, this one included.</param>
    /// <param name="learningRate">The rate.</param>
    void Update(Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate);
}
