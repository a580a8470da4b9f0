using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Nn;
using Attune.Recipes;
using Attune.Tuning;
using static TorchSharp.torch;

namespace Attune.Own;

/// <summary>A tuning method of one's own: copies of the norms' weights are trained, all else is frozen. The example of CONTRIBUTING.md.</summary>
[TuningMethod("norms-only")]
[PeftType("NORMS_ONLY")]
public sealed class NormsOnly : ITuningMethod
{
    private const string TensorsName = "adapter_model.safetensors";
    private readonly bool skipLast;
    private readonly List<(string Name, Parameter Place, Tensor Copy)> copies = [];
    private PretrainedModel? model;

    /// <summary>Creates the method from a recipe's options.</summary>
    /// <param name="options"><c>method.norms-only</c>.</param>
    public NormsOnly(OptionReader options) => skipLast = options.Boolean("skip_last", "Whether the norm behind the last block stays as it is.", false);

    /// <summary>Creates the method from a saved adapter's settings.</summary>
    /// <param name="config">adapter_config.json.</param>
    /// <param name="warn">Told what is ignored: nothing is.</param>
    public NormsOnly(HuggingFaceConfig config, Action<string> warn) => skipLast = config.GetBool("skip_last", false);

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Tensor)> Trainable => [.. copies.Select(copy => (copy.Name, copy.Copy))];

    /// <inheritdoc/>
    public bool IsAdapter => true;

    /// <inheritdoc/>
    public bool Training { get; set; }

    /// <inheritdoc/>
    public void Attach(PretrainedModel model, long seed)
    {
        this.model = model;
        var norms = model.NamedLayers().Where(named => named.Layer is RmsNorm or LayerNorm).ToList();
        foreach (var (path, layer) in skipLast ? norms.SkipLast(1) : norms)
        {
            foreach (var (name, parameter) in layer.OwnParameters)
            {
                var copy = parameter.Base.detach().to(float32, copy: true).requires_grad_(true);
                copies.Add(($"{path}.{name}", parameter, copy.DetachFromDisposeScope()));
                parameter.Replace(copy);
            }
        }
    }

    /// <inheritdoc/>
    public JsonObject Describe() => new() { ["peft_type"] = "NORMS_ONLY", ["base_model_name_or_path"] = model?.NameOrPath, ["skip_last"] = skipLast };

    /// <inheritdoc/>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(Path.Combine(folder, TensorsName),
            copies.Select(copy => TensorToWrite.FromFloats(copy.Name, [.. copy.Copy.shape], copy.Copy.detach().cpu().data<float>().ToArray())));
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), Describe().ToJsonString());
    }

    /// <inheritdoc/>
    public void Load(string folder)
    {
        using var source = Safetensors.Open(Path.Combine(folder, TensorsName));
        using var noGradient = no_grad();
        foreach (var (name, _, copy) in copies)
        {
            if (!source.Tensors.TryGetValue(name, out var info) || !info.Shape.SequenceEqual(copy.shape) || info.Type != ElementType.F32)
            {
                throw new AttuneException(ExitCode.BadData, source.Path, $"has no {name} of this model's shape", "the adapter was made for another model");
            }

            using var value = empty(copy.shape, dtype: float32, device: CPU);
            source.Read(name, 0, value.bytes);
            copy.copy_(value);
        }
    }

    /// <inheritdoc/>
    public void Merge()
    {
        using var noGradient = no_grad();
        copies.ForEach(copy => copy.Place.Base.copy_(copy.Copy));
        Detach();
    }

    /// <inheritdoc/>
    public void Detach() => copies.ForEach(copy => copy.Place.Replace(null));

    /// <inheritdoc/>
    public void Dispose() => copies.ForEach(copy => copy.Copy.Dispose());
}
