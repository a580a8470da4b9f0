using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Native;
using Attune.Nn;
using Attune.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>Trains every parameter of the model. Saved as a model's folder, in Hugging Face's layout.</summary>
[TuningMethod("full")]
public sealed class Full : ITuningMethod
{
    private PretrainedModel? model;

    /// <summary>Creates the method.</summary>
    /// <param name="options"><c>method.full</c>, which has no options.</param>
    public Full(OptionReader options) => ArgumentNullException.ThrowIfNull(options);

    /// <inheritdoc/>
    public bool IsAdapter => false;

    /// <inheritdoc/>
    public bool Training { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Tensor)> Trainable =>
        [.. Model.NamedParameters().Where(named => !named.Parameter.IsTied).Select(named => (named.Name, named.Parameter.Base))];

    private PretrainedModel Model => model ?? throw new InvalidOperationException("The method is not attached to a model.");

    /// <inheritdoc/>
    public void Attach(PretrainedModel model, long seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
        foreach (var (_, tensor) in Trainable)
        {
            tensor.requires_grad_(true);
        }
    }

    /// <inheritdoc/>
    public JsonObject Describe() => JsonObject.Create(Model.Config.Root)!;

    /// <inheritdoc/>
    public void Save(string folder) => ModelFolder.Write(Model, folder);

    /// <inheritdoc/>
    public void Load(string folder)
    {
        using var source = ShardedSafetensors.OpenFolder(folder);
        var places = Trainable;
        foreach (var (name, tensor) in places)
        {
            if (!source.Tensors.TryGetValue(name, out var info) || !info.Shape.SequenceEqual(tensor.shape))
            {
                throw new Formats.FormatException(source.Path, -1, $"has no {Names.Quote(name)} of shape [{string.Join(", ", tensor.shape)}]", "it was saved from another model");
            }
        }

        using var noGradient = no_grad();
        foreach (var (name, tensor) in places)
        {
            using var value = TensorMemory.Read(source, name, tensor.dtype, tensor.device);
            tensor.copy_(value);
        }
    }

    /// <summary>Nothing to do: the model's own parameters are what was trained.</summary>
    public void Merge()
    {
    }

    /// <inheritdoc/>
    public void Detach()
    {
        foreach (var (_, tensor) in model is null ? [] : Trainable)
        {
            tensor.requires_grad_(false);
        }
    }

    /// <summary>Nothing to do: the model owns its parameters.</summary>
    public void Dispose()
    {
    }
}
