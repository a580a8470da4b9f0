namespace Attune.Training.Optimizers;

/// <summary>Optimizers by name: torch.optim's, in lower case, with its arguments.</summary>
public static class Optimizer
{
    private static readonly Dictionary<string, (double LearningRate, Func<Arguments, object> Rule)> Makers = new()
    {
        ["adamw"] = (1e-3, Adam.CreateW),
        ["adam"] = (1e-3, Adam.Create),
        ["sgd"] = (1e-3, Sgd.Create),
        ["rmsprop"] = (1e-2, RmsProp.Create),
        ["adagrad"] = (1e-2, Adagrad.Create),
        ["adamax"] = (2e-3, Adamax.Create),
        ["nadam"] = (2e-3, NAdam.Create),
        ["radam"] = (1e-3, RAdam.Create),
        ["adadelta"] = (1, Adadelta.Create),
        ["torch_adafactor"] = (1e-2, TorchAdafactor.Create),
    };

    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyCollection<string> Names => Makers.Keys;

    /// <summary>Makes an optimizer and takes the parameters over (see <see cref="TrainedParameters"/>).</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="arguments">Its settings, <c>lr</c> included, with torch's names; null: all at torch's defaults.</param>
    /// <param name="groups">What is trained.</param>
    /// <exception cref="AttuneException">The name, a setting or a parameter makes no sense.</exception>
    public static IOptimizer Create(string name, Arguments? arguments, IReadOnlyList<ParameterGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (!Makers.TryGetValue(name, out (double LearningRate, Func<Arguments, object> Rule) maker))
        {
            throw new AttuneException(ExitCode.Usage, "train.optimizer", $"there is no optimizer \"{name}\"", "known are " + string.Join(", ", Names));
        }

        arguments ??= Arguments.None("train.optimizer");
        var rules = new List<object>();
        var rates = new List<double>();
        foreach (ParameterGroup group in groups)
        {
            Arguments own = group.Overrides is null ? arguments : arguments.With(group.Overrides);
            rates.Add(own.Number("lr", 0) ?? maker.LearningRate);
            rules.Add(maker.Rule(own));
            own.Finish();
        }

        var parameters = new TrainedParameters(groups);
        return rules[0] is IUpdateRule
            ? new FlatOptimizer(parameters, [.. rules.Cast<IUpdateRule>()], rates)
            : new TensorOptimizer(parameters, [.. rules.Cast<ITensorRule>()], rates);
    }
}
