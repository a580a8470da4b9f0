using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>What an optimizer remembers, by name, and how many updates each parameter has had.</summary>
internal sealed class OptimizerState : IDisposable
{
    private readonly TrainedParameters parameters;
    private readonly List<(string Name, Tensor Value)> tensors = [];
    private readonly Dictionary<TrainedParameter, int> numbers;
    private readonly Tensor steps;

    public OptimizerState(TrainedParameters parameters)
    {
        this.parameters = parameters;
        numbers = parameters.All.Select((parameter, number) => (parameter, number)).ToDictionary(pair => pair.parameter, pair => pair.number);
        steps = zeros(parameters.All.Count, dtype: ScalarType.Int64, device: CPU).DetachFromDisposeScope();
        Steps = new long[parameters.All.Count];
        for (int i = 0; i < Steps.Length; i++)
        {
            Add(parameters.All[i], "step", steps.narrow(0, i, 1));
            if (parameters.IsMaster(parameters.All[i]))
            {
                Add(parameters.All[i], "master", TrainedParameters.View(parameters.Values, parameters.All[i]));
            }
        }
    }

    /// <summary>How many updates each parameter has had, in the order of <see cref="TrainedParameters.All"/>.</summary>
    public long[] Steps { get; }

    public long StepsOf(TrainedParameter parameter) => Steps[numbers[parameter]];

    /// <summary>Counts an update of every parameter with a gradient.</summary>
    public void CountStep()
    {
        for (int i = 0; i < Steps.Length; i++)
        {
            Steps[i] += parameters.All[i].HasGradient ? 1 : 0;
        }
    }

    /// <summary>Remembers a tensor under a parameter's name; it belongs to the state from now on.</summary>
    public void Add(TrainedParameter parameter, string name, Tensor value) => tensors.Add(($"{parameter.Name}.{name}", value.DetachFromDisposeScope()));

    public IReadOnlyList<(string Name, Tensor Value)> Save()
    {
        using Tensor current = tensor(Steps, dtype: ScalarType.Int64, device: CPU);
        steps.copy_(current);
        return tensors;
    }

    public void Load(Func<string, Tensor> read)
    {
        using var noGradient = no_grad();
        foreach ((string name, Tensor value) in tensors)
        {
            using Tensor saved = read(name);
            if (!saved.shape.AsSpan().SequenceEqual(value.shape))
            {
                throw new AttuneException(ExitCode.BadData, name, $"the saved state has the shape [{string.Join(", ", saved.shape)}], wanted [{string.Join(", ", value.shape)}]",
                    "resume with the model and method that the run began with");
            }

            value.copy_(saved);
        }

        steps.data<long>().CopyTo(Steps, 0, 0);
    }

    public void Dispose()
    {
        tensors.ForEach(pair => pair.Value.Dispose());
        steps.Dispose();
    }
}
