using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>An optimizer that works element by element on the flat buffers.</summary>
internal sealed class FlatOptimizer : IOptimizer
{
    private readonly IReadOnlyList<IUpdateRule> rules;
    private readonly Tensor[] flat;
    private readonly OptimizerState state;
    private IReadOnlyList<IUpdateRule> current;
    private double? momentum;

    /// <summary>Creates it.</summary>
    /// <param name="parameters">What is trained; it belongs to the optimizer from now on.</param>
    /// <param name="rules">One a group, all of one kind.</param>
    /// <param name="learningRates">One a group.</param>
    public FlatOptimizer(TrainedParameters parameters, IReadOnlyList<IUpdateRule> rules, IReadOnlyList<double> learningRates)
    {
        Parameters = parameters;
        LearningRates = learningRates;
        this.rules = current = rules;
        state = new OptimizerState(parameters);

        // Groups may differ in what they need (momentum in one, none in another): the buffers are those of the group that needs most.
        IUpdateRule widest = rules.MaxBy(rule => rule.State.Count)!;
        flat = [.. widest.State.Select(_ => empty_like(parameters.Values).DetachFromDisposeScope())];
        for (int i = 0; i < flat.Length; i++)
        {
            flat[i].fill_(widest.State[i].Initial);
            foreach (TrainedParameter parameter in parameters.All)
            {
                state.Add(parameter, widest.State[i].Name, TrainedParameters.View(flat[i], parameter));
            }
        }
    }

    /// <inheritdoc/>
    public TrainedParameters Parameters { get; }

    /// <inheritdoc/>
    public IReadOnlyList<double> LearningRates { get; }

    /// <inheritdoc/>
    public double? Momentum
    {
        get => momentum;
        set
        {
            current = value is not { } cycled ? rules : [.. rules.Select(rule => rule.WithMomentum(cycled)
                ?? throw new AttuneException(ExitCode.Usage, "train.scheduler", "this optimizer has no momentum that a schedule could cycle", "set cycle_momentum: false"))];
            momentum = value;
        }
    }

    /// <inheritdoc/>
    public void Step(params ReadOnlySpan<double> learningRates)
    {
        double[] rates = OptimizerRates.Of(learningRates, rules.Count);
        using var noGradient = no_grad();
        state.CountStep();
        foreach (ParameterRun run in Parameters.Runs((a, b) => a.Group == b.Group && state.StepsOf(a) == state.StepsOf(b)))
        {
            using var scope = NewDisposeScope();
            Tensor Part(Tensor whole) => whole.narrow(0, run.Offset, run.Length);
            Tensor[] remembered = [.. flat.Select(Part)];
            var (rule, step, rate) = (current[run.First.Group], state.StepsOf(run.First), rates[run.First.Group]);
            if (rule is not IOnePassRule onePass || !onePass.TryUpdate(Parameters.Stretch(run, step, remembered), remembered, step, rate))
            {
                rule.Update(Part(Parameters.Values), Part(Parameters.Gradients), remembered, step, rate);
                Parameters.Round(run);
            }
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
        foreach (Tensor buffer in flat)
        {
            buffer.Dispose();
        }

        Parameters.Dispose();
    }
}
