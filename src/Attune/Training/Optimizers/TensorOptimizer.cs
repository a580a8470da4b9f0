using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>An optimizer that works parameter by parameter.</summary>
internal sealed class TensorOptimizer : IOptimizer
{
    private readonly IReadOnlyList<ITensorRule> rules;
    private readonly OptimizerState state;
    private readonly Dictionary<TrainedParameter, Tensor[]> remembered = [];

    /// <summary>Creates it.</summary>
    /// <param name="parameters">What is trained; it belongs to the optimizer from now on.</param>
    /// <param name="rules">One a group.</param>
    /// <param name="learningRates">One a group.</param>
    public TensorOptimizer(TrainedParameters parameters, IReadOnlyList<ITensorRule> rules, IReadOnlyList<double> learningRates)
    {
        Parameters = parameters;
        LearningRates = learningRates;
        this.rules = rules;
        state = new OptimizerState(parameters);
        foreach (TrainedParameter parameter in parameters.All)
        {
            remembered[parameter] = [.. rules[parameter.Group].State(parameter.Shape).Select(part =>
            {
                Tensor tensor = zeros(part.Shape, dtype: ScalarType.Float32, device: parameters.Values.device);
                state.Add(parameter, part.Name, tensor);
                return tensor;
            })];
        }
    }

    /// <inheritdoc/>
    public TrainedParameters Parameters { get; }

    /// <inheritdoc/>
    public IReadOnlyList<double> LearningRates { get; }

    /// <inheritdoc/>
    public double? Momentum
    {
        get => null;
        set => _ = value is null ? value
            : throw new AttuneException(ExitCode.Usage, "train.scheduler", "this optimizer has no momentum that a schedule could cycle", "set cycle_momentum: false");
    }

    /// <inheritdoc/>
    public void Step(params ReadOnlySpan<double> learningRates)
    {
        double[] rates = OptimizerRates.Of(learningRates, rules.Count);
        using var noGradient = no_grad();
        state.CountStep();
        foreach (TrainedParameter parameter in Parameters.All.Where(parameter => parameter.HasGradient))
        {
            using var scope = NewDisposeScope();
            rules[parameter.Group].Update(
                TrainedParameters.View(Parameters.Values, parameter), TrainedParameters.View(Parameters.Gradients, parameter),
                remembered[parameter], state.StepsOf(parameter), rates[parameter.Group]);
            Parameters.Round(new ParameterRun(parameter, parameter));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> Save() => state.Save();

    /// <inheritdoc/>
    public void Load(Func<string, Tensor> read) => state.Load(read);

    /// <inheritdoc/>
    public void Dispose()
    {
        state.Dispose();
        Parameters.Dispose();
    }
}
