using System.Text.Json;
using Attune.Formats;
using Attune.Training;
using Attune.Training.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>optimizer</c>: the parameters after every step, and gradients after clipping.</summary>
internal sealed class OptimizerCheck : IFixtureCheck
{
    public string Kind => "optimizer";

    public FixtureResult Check(Fixture fixture)
    {
        using var gradients = Safetensors.Open(fixture.Resolve("gradients.safetensors"));
        using var expected = Safetensors.Open(fixture.Resolve("expected.safetensors"));
        var comparison = new TensorComparison(fixture.Tolerance);
        foreach (JsonElement test in fixture.ReadJsonFile("cases.json").EnumerateArray())
        {
            string name = test.GetProperty("name").GetString()!;
            try
            {
                if (test.TryGetProperty("clip", out JsonElement clip))
                {
                    Clip(name, clip.GetString()!, test.GetProperty("arguments"), gradients, expected, comparison);
                }
                else if (!Optimizer.Names.Contains(test.GetProperty("optimizer").GetString()!))
                {
                    return FixtureResult.Skip($"there is no optimizer {test.GetProperty("optimizer").GetString()}");
                }
                else
                {
                    using var initial = Safetensors.Open(fixture.Resolve("initial.safetensors"));
                    Steps(name, test, fixture.Json.GetProperty("steps").GetInt32(), initial, gradients, expected, comparison);
                }
            }
            catch (AttuneException exception)
            {
                comparison.Problem($"{name}: {exception.Message}");
            }
        }

        return comparison.Result;
    }

    private static void Clip(string name, string kind, JsonElement arguments, Safetensors gradients, Safetensors expected, TensorComparison comparison)
    {
        using var scope = NewDisposeScope();
        using var parameters = new TrainedParameters([new ParameterGroup([.. gradients.Tensors.Values.Select(info =>
            (info.Name, zeros([.. info.Shape], dtype: ScalarType.Float32, device: CPU, requires_grad: true)))])]);
        foreach (TrainedParameter parameter in parameters.All)
        {
            parameter.Value.grad = Read(gradients, parameter.Name);
        }

        parameters.CollectGradients();
        if (kind == "value")
        {
            Gradients.ClipValue(parameters, arguments.GetProperty("clip_value").GetDouble());
        }
        else
        {
            JsonElement power = arguments.GetProperty("norm_type");
            double norm = Gradients.Clip(parameters, arguments.GetProperty("max_norm").GetDouble(),
                power.ValueKind == JsonValueKind.String ? double.PositiveInfinity : power.GetDouble());
            comparison.Compare($"{name}.norm", [], [(float)norm], expected);
        }

        Compare(name, parameters, parameters.Gradients, expected, comparison);
    }

    private static void Steps(
        string name, JsonElement test, int steps, Safetensors initial, Safetensors gradients, Safetensors expected, TensorComparison comparison)
    {
        using var scope = NewDisposeScope();
        double scale = test.TryGetProperty("initial_scale", out JsonElement times) ? times.GetDouble() : 1;
        var values = initial.Tensors.Keys.ToDictionary(key => key, key => Read(initial, key).mul_(scale).requires_grad_());
        using IOptimizer optimizer = Optimizer.Create(test.GetProperty("optimizer").GetString()!, Settings(test.GetProperty("arguments"), name), Groups(test, values));
        double[]? rates = test.TryGetProperty("learning_rates", out JsonElement list) ? [.. list.EnumerateArray().Select(rate => rate.GetDouble())] : null;
        for (int step = 0; step < steps; step++)
        {
            foreach ((string parameter, Tensor value) in values)
            {
                value.grad = Missing(test, parameter, step) ? null : Read(gradients, $"{step}.{parameter}");
            }

            optimizer.Parameters.CollectGradients();
            optimizer.Step(rates is null ? [.. optimizer.LearningRates] : [rates[step]]);
            optimizer.ZeroGradients();
            Compare($"{name}.{step}", optimizer.Parameters, optimizer.Parameters.Values, expected, comparison);
        }
    }

    // foreach and fused choose among torch's own implementations of the same update.
    private static Arguments Settings(JsonElement arguments, string place) => new(
        Values(arguments, "foreach", "fused"), place);

    private static Dictionary<string, object?> Values(JsonElement json, params string[] except) => json.EnumerateObject()
        .Where(member => !except.Contains(member.Name)).ToDictionary(member => member.Name, member => Arguments.Value(member.Value));

    private static List<ParameterGroup> Groups(JsonElement test, Dictionary<string, Tensor> values) => !test.TryGetProperty("groups", out JsonElement groups)
        ? [new ParameterGroup([.. values.Select(pair => (pair.Key, pair.Value))])]
        : [.. groups.EnumerateArray().Select(group => new ParameterGroup(
            [.. group.GetProperty("parameters").EnumerateArray().Select(parameter => (parameter.GetString()!, values[parameter.GetString()!]))],
            Values(group, "parameters")))];

    private static bool Missing(JsonElement test, string parameter, int step) =>
        test.TryGetProperty("missing", out JsonElement missing) && missing.TryGetProperty(parameter, out JsonElement at)
        && at.EnumerateArray().Any(number => number.GetInt32() == step);

    private static Tensor Read(Safetensors source, string name) => tensor(source.ReadFloats(name), dtype: ScalarType.Float32, device: CPU).reshape([.. source.Tensors[name].Shape]);

    private static void Compare(string prefix, TrainedParameters parameters, Tensor flat, Safetensors expected, TensorComparison comparison)
    {
        foreach (TrainedParameter parameter in parameters.All)
        {
            using Tensor view = TrainedParameters.View(flat, parameter);
            comparison.Compare($"{prefix}.{parameter.Name}", parameter.Shape, view.data<float>().ToArray(), expected);
        }
    }
}
