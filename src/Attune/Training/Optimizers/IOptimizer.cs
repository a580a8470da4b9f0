using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Moves parameters along their gradients. One that has no gradient in a step is left alone, its own step count too.</summary>
public interface IOptimizer : IDisposable
{
    /// <summary>What is trained.</summary>
    TrainedParameters Parameters { get; }

    /// <summary>The rate that each group was given: what a schedule starts from.</summary>
    IReadOnlyList<double> LearningRates { get; }

    /// <summary>
    /// The momentum (Adam: the first beta) of the next steps where a schedule cycles it; null: the optimizer's own.
    /// </summary>
    /// <exception cref="AttuneException">This optimizer has none.</exception>
    double? Momentum { get; set; }

    /// <summary>One update from the collected gradients.</summary>
    /// <param name="learningRates">One rate for all groups, or one a group.</param>
    void Step(params ReadOnlySpan<double> learningRates);

    /// <summary>Forgets the gradients.</summary>
    void ZeroGradients() => Parameters.ZeroGradients();

    /// <summary>
    /// Everything that the next steps depend on besides the parameters themselves, as <c>parameter.exp_avg</c> and so on, torch's names: views,
    /// not copies, which the optimizer owns. The masters of parameters in a smaller type are among them, as <c>parameter.master</c>.
    /// </summary>
    IReadOnlyList<(string Name, Tensor Value)> Save();

    /// <summary>Takes up where <see cref="Save"/> was called.</summary>
    /// <param name="read">Gives a saved tensor by its name; it is disposed after use.</param>
    /// <exception cref="AttuneException">A tensor has another shape; or what <paramref name="read"/> throws.</exception>
    void Load(Func<string, Tensor> read);
}
