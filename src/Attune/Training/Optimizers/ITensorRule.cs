using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>An update that needs a parameter as a whole, in its shape: it looks at rows, columns or norms.</summary>
internal interface ITensorRule
{
    /// <summary>What it remembers of a parameter: torch's name, and the shape. All of it begins as 0.</summary>
    /// <param name="shape">The parameter's shape.</param>
    IReadOnlyList<(string Name, long[] Shape)> State(IReadOnlyList<long> shape);

    /// <summary>Updates one parameter.</summary>
    /// <param name="value">The values, float32: changed in place.</param>
    /// <param name="gradient">The gradient: left as it is.</param>
    /// <param name="state">What is remembered, in the order of <see cref="State"/>: changed in place.</param>
    /// <param name="step">How many updates this parameter has had, this one included.</param>
    /// <param name="learningRate">The rate.</param>
    void Update(Tensor value, Tensor gradient, IReadOnlyList<Tensor> state, long step, double learningRate);
}
