using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Nn;
using Attune.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>
/// Low-rank adaptation (Hu et al. 2021): beside a frozen weight W a trained change s B A of small rank. Saved, loaded and merged as PEFT does.
/// </summary>
[TuningMethod("lora")]
[PeftType("LORA")]
public sealed class Lora : IAdapterMethod
{
    private LoraConfig config;
    private Attachment? attachment;
    private bool training;

    /// <summary>Creates the method from a recipe's options.</summary>
    /// <param name="options"><c>method.lora</c>.</param>
    public Lora(OptionReader options) => config = LoraConfig.From(options);

    /// <summary>Creates the method from a saved adapter's settings.</summary>
    /// <param name="config">adapter_config.json.</param>
    /// <param name="warn">Told what is ignored.</param>
    /// <exception cref="AttuneException">A setting is wrong, or asks for something that is not there.</exception>
    public Lora(HuggingFaceConfig config, Action<string> warn) => this.config = LoraConfig.From(config, warn);

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Tensor)> Trainable => Attached.Trainable;

    /// <inheritdoc/>
    public bool IsAdapter => true;

    /// <inheritdoc/>
    public bool Training
    {
        get => training;
        set
        {
            training = value;
            foreach (var (_, _, delta) in attachment?.Deltas ?? [])
            {
                delta.Training = value;
            }
        }
    }

    private Attachment Attached => attachment ?? throw new InvalidOperationException("The method is not attached to a model.");

    /// <inheritdoc/>
    public void Attach(PretrainedModel model, long seed) => Prepare(model, seed).Install();

    Attachment IAdapterMethod.Prepare(PretrainedModel model, long seed) => Prepare(model, seed);

    /// <inheritdoc/>
    public JsonObject Describe() => config.ToJson(
        attachment?.Model, [.. attachment?.Deltas.Select(one => one.Path) ?? []], attachment?.Deltas.Any(one => one.Layer is Projection { IsTransposed: true }) ?? false);

    /// <inheritdoc/>
    public void Save(string folder)
    {
        using var scope = NewDisposeScope();
        var echoes = Attached.Echoes.Select(echo => (echo.Name, echo.Tensor));
        AdapterFiles.Save(folder, [.. Attached.Trainable, .. Attached.Given, .. echoes], Describe(), Attached.Model);
    }

    /// <inheritdoc/>
    public void Load(string folder)
    {
        var saved = LoraConfig.From(AdapterFiles.OpenConfig(folder), _ => { });
        foreach (var (path, _, _) in Attached.Deltas)
        {
            if (saved.RankOf(path) != config.RankOf(path) || saved.ScaleOf(path) != config.ScaleOf(path))
            {
                throw new AttuneException(ExitCode.BadData, saved.Place,
                    $"gives {path} rank {saved.RankOf(path)} and scale {saved.ScaleOf(path)}, not rank {config.RankOf(path)} and scale {config.ScaleOf(path)}",
                    "open it as an adapter of its own, or use its settings");
            }
        }

        using var scope = NewDisposeScope();
        AdapterFiles.Load(folder, Attached.Trainable, Attached.Given, Attached.IsOfBase, Attached.Model, Attached.Echoes);
    }

    /// <inheritdoc/>
    public void Merge() => Attached.Merge();

    /// <inheritdoc/>
    public void Detach() => attachment?.Detach();

    /// <inheritdoc/>
    public void Dispose() => attachment?.Dispose();

    private Attachment Prepare(PretrainedModel model, long seed)
    {
        if (attachment is not null)
        {
            throw new InvalidOperationException("The method is attached already.");
        }

        config = config.For(model);
        attachment = new Attachment(model, config.Place);
        foreach (var (_, parameter) in model.NamedParameters())
        {
            parameter.Freeze();
        }

        var chosen = config.Modules.Select(model);
        foreach (var (path, layer) in chosen)
        {
            attachment.Add(path, (IAdaptable)layer, NewDelta(path, layer, model.Device, seed));
        }

        AddCopies(model, [.. chosen.Select(one => one.Path)]);
        Training = training;
        return attachment;
    }

    private TrainedDelta NewDelta(string path, Layer layer, Device device, long seed)
    {
        int rank = config.RankOf(path);
        double scale = config.ScaleOf(path);
        if (layer is Embedding embedding)
        {
            if (config.LoraBias)
            {
                throw new AttuneException(ExitCode.Usage, config.Place, $"lora_bias has no meaning on the embedding {path}", "leave out lora_bias, or the embedding");
            }

            long count = embedding.Weight.Shape[0], width = embedding.Weight.Shape[1];
            return new LoraEmbeddingDelta(
                zeros([rank, count], dtype: float32, device: device), Noise.Normal(seed, path + ".lora_embedding_B", [width, rank], 1, device), scale, embedding.PaddingIndex);
        }

        var projection = (Projection)layer;
        long[] shape = [rank, projection.InFeatures];
        var a = config.Gaussian ? Noise.Normal(seed, path + ".lora_A.weight", shape, 1.0 / rank, device)
            : Noise.Uniform(seed, path + ".lora_A.weight", shape, 1 / Math.Sqrt(projection.InFeatures), device);
        var b = zeros([projection.OutFeatures, rank], dtype: float32, device: device);
        var bias = config.LoraBias ? zeros([projection.OutFeatures], dtype: float32, device: device) : null;
        return new LoraDelta(a, b, bias, scale, config.Dropout, projection.IsTransposed);
    }

    private void AddCopies(PretrainedModel model, HashSet<string> adapted)
    {
        foreach (string module in config.Modules.ModulesToSave)
        {
            var found = model.NamedLayers().Where(named => named.Name.EndsWith(module, StringComparison.Ordinal)).ToList();
            if (found.Count == 0 && !LoraConfig.IsHeadOfRows(module, model))
            {
                throw new AttuneException(ExitCode.Usage, config.Place, $"modules_to_save names {module}, which the model does not have");
            }

            foreach (var (path, layer) in found)
            {
                foreach (var (name, parameter) in layer.NamedParameters(path))
                {
                    Attached.AddCopy(name, parameter);
                    if (config.Bias == "all" && name[path.Length..].Contains("bias", StringComparison.Ordinal))
                    {
                        Attached.AddBiasOfWhole(path, name);
                    }
                }
            }
        }

        foreach (var (name, parameter) in model.NamedParameters())
        {
            bool ofAdapted = name.EndsWith(".bias", StringComparison.Ordinal) && adapted.Contains(name[..^".bias".Length]);
            if (config.Bias == "all" && name.Contains("bias", StringComparison.Ordinal) || config.Bias == "lora_only" && ofAdapted)
            {
                Attached.AddCopy(name, parameter);
            }
        }
    }
}
