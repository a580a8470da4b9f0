using Attune.Formats;
using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>
/// Random weights for a model that begins from nothing, as transformers makes them: matrices and embeddings normal with
/// <c>initializer_range</c>, norms ones, biases zeros. Each tensor's numbers depend on the seed and its name alone.
/// </summary>
internal static class NewWeights
{
    /// <summary>Creates and fills a model.</summary>
    public static LanguageModel Create(HuggingFaceConfig config, ScalarType storage, ScalarType compute, Device device, long seed)
    {
        var model = ModelFamilies.Create(config);
        WeightMemory.Require(model, storage, config.Path);
        model.ComputeType = compute;
        model.Device = device;
        double deviation = config.FindDouble("initializer_range", 0, 1) ?? 0.02;
        foreach (var (path, layer) in model.NamedLayers())
        {
            foreach (var (name, parameter) in layer.OwnParameters.Where(own => !own.Parameter.IsTied))
            {
                using var scope = NewDisposeScope();
                long[] shape = [.. parameter.Shape];
                var value = layer is Projection or Embedding && name == "weight" ? Noise.Normal(seed, $"{path}.{name}", shape, deviation, device)
                    : name == "weight" ? ones(shape, dtype: storage, device: device) : zeros(shape, dtype: storage, device: device);
                parameter.Set(Precision.As(value, storage));
            }
        }

        return model;
    }
}
