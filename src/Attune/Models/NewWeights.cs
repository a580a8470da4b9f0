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
    public static TextModel Create(HuggingFaceConfig config, ScalarType storage, ScalarType compute, Device device, long seed)
    {
        var model = ModelFamilies.Create(config);
        WeightMemory.Require(model, storage, config.Path);
        model.ComputeType = compute;
        model.Device = device;
        Fill(model, [.. model.NamedParameters().Select(named => named.Name)], storage, seed);
        return model;
    }

    /// <summary>Fills some parameters of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="names">Their names.</param>
    /// <param name="storage">The precision that weights are kept in.</param>
    /// <param name="seed">What they begin with.</param>
    public static void Fill(TextModel model, IReadOnlyCollection<string> names, ScalarType storage, long seed)
    {
        var chosen = names.ToHashSet();
        double deviation = model.Config.FindDouble("initializer_range", 0, 1) ?? 0.02;
        foreach (var (path, layer) in model.NamedLayers())
        {
            foreach (var (name, parameter) in layer.OwnParameters.Where(own => !own.Parameter.IsTied && chosen.Contains($"{path}.{own.Name}")))
            {
                using var scope = NewDisposeScope();
                long[] shape = [.. parameter.Shape];
                var value = layer is Projection or Embedding && name == "weight" ? Noise.Normal(seed, $"{path}.{name}", shape, deviation, model.Device)
                    : name == "weight" ? ones(shape, dtype: storage, device: model.Device) : zeros(shape, dtype: storage, device: model.Device);
                parameter.Set(Precision.As(value, storage));
            }
        }
    }
}
