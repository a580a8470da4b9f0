using Attune.Formats;
using Attune.Native;
using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>Opens pretrained models: a Hugging Face folder or a GGUF file.</summary>
public static class ModelLoader
{
    /// <summary>Opens a model, tensor by tensor: the process grows by the weights and little else.</summary>
    /// <param name="path">A folder with config.json and safetensors files, or a .gguf file.</param>
    /// <param name="storage">
    /// The precision that weights are kept in. Null: as <paramref name="compute"/>, but matrices that a .gguf file has in blocks of 4 to 8 bits (Q4_0 to Q8_0, Q4_K to Q6_K) stay so
    /// on the CPU until their tensor is asked for (<see cref="Parameter.Base"/>): an eighth of the memory and a faster reply, the same numbers.
    /// </param>
    /// <param name="compute">The precision of activations and products.</param>
    /// <param name="device">Where the model lies; null: the CPU.</param>
    /// <param name="config">A config instead of the folder's config.json; null: that. A .gguf file has its own in any case.</param>
    /// <param name="headSeed">What the head begins with, whatever the file has of it; null: the file's head.</param>
    /// <param name="trains">Whether an adapter is trained beside the weights: where <paramref name="storage"/> is null matrices of all of GGUF's block types stay so.</param>
    /// <exception cref="AttuneException">The model is absent, unknown, or not what its config says.</exception>
    public static LoadedModel Load(
        string path, ScalarType? storage, ScalarType compute, Device? device = null, HuggingFaceConfig? config = null, long? headSeed = null, bool trains = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (File.Exists(path) && path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            using var gguf = Formats.Gguf.Open(path);
            return Named(Fill(GgufConfig.From(gguf, path), gguf, storage, compute, device, trains: trains), path);
        }

        if (!Directory.Exists(path))
        {
            throw new AttuneException(ExitCode.MissingInput, path, "there is no such model folder or .gguf file");
        }

        config ??= HuggingFaceConfig.Open(Path.Combine(path, "config.json"));
        using var source = ShardedSafetensors.OpenFolder(path);
        return Named(Fill(config, source, storage, compute, device, headSeed), path);
    }

    private static LoadedModel Named(LoadedModel loaded, string path)
    {
        loaded.Weights.NameOrPath = Path.GetFullPath(path);
        return loaded;
    }

    /// <summary>Fills a model from any source of tensors.</summary>
    internal static LoadedModel Fill(HuggingFaceConfig config, ITensorSource source, ScalarType? storage, ScalarType compute, Device? device, long? headSeed = null, bool trains = false)
    {
        var model = ModelFamilies.Create(config);
        string? ownHead = null;
        try
        {
            ownHead = OwnHead.Find(model, source, name => NameOf(model, source, name));
            if (ownHead is not null)
            {
                model.Dispose();
                model = ModelFamilies.Create(OwnHead.Untied(model.Config));
            }

            model.ComputeType = compute;
            model.Device = device ?? CPU;
            var quantized = storage is null && source is Formats.Gguf gguf && model.Device.type == DeviceType.CPU ? Quantized(model, gguf, trains) : [];
            WeightMemory.Require(model, storage ?? compute, source.Path, quantized);
            var begun = new List<string>();
            var unexpected = FillParameters(model, source, storage ?? compute, quantized.Keys, headSeed, begun);
            return new LoadedModel(model, unexpected, begun) { OwnHead = ownHead };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The matrices that stay in the file's blocks, by the parameter's name, with their bytes.</summary>
    private static Dictionary<string, long> Quantized(TextModel model, Formats.Gguf source, bool trains)
    {
        var kept = new Dictionary<string, long>();
        foreach (string tensor in source.Tensors.Keys)
        {
            var entry = source.Tensor(tensor);
            if (entry.Info.Shape.Count == 2 && QuantizedWeight.Keeps(entry.Type, trains) && model.Gguf?.ToHuggingFace(tensor) is { } name
                && !model.Gguf.Transposed.Any(ending => name.EndsWith(ending, StringComparison.Ordinal)))
            {
                kept[name] = QuantizedWeight.BytesOf(entry.Type, entry.Info.Shape[0] * entry.Info.Shape[1]);
            }
        }

        return kept;
    }

    private static List<string> FillParameters(TextModel model, ITensorSource source, ScalarType storage, IReadOnlyCollection<string> quantized, long? headSeed, List<string> begun)
    {
        var parameters = model.NamedParameters().ToDictionary(named => named.Name, named => named.Parameter);
        var head = headSeed is null || model.Head is null ? [] : model.Head.OwnParameters.Select(own => own.Parameter).ToHashSet();
        var unexpected = new List<string>();
        bool gguf = source is Formats.Gguf;
        var stored = source.Tensors.Keys.Select(name => NameOf(model, source, name)).ToHashSet();
        var alone = parameters.Where(named => named.Value.IsTied && stored.Contains(named.Key)).Select(named => named.Value)
            .Where(tied => !parameters.Any(named => named.Value == tied.Owner && stored.Contains(named.Key))).ToHashSet();
        foreach (var info in source.Tensors.Values)
        {
            string? name = NameOf(model, source, info.Name);
            if (name is null)
            {
                continue;
            }

            if (!parameters.TryGetValue(name, out var parameter))
            {
                unexpected.Add(info.Name);
            }
            else if ((!parameter.IsTied || alone.Contains(parameter)) && !head.Contains(parameter))
            {
                // Of two tied tensors a checkpoint may hold either.
                RequireFit(model, source, info, name, parameter, gguf);
                parameter = parameter.Owner;
                if (quantized.Contains(name) && ReadBlocks(model, (Formats.Gguf)source, info.Name, name, storage) is { } blocks)
                {
                    parameter.Set(blocks);
                }
                else
                {
                    parameter.Set(ReadParameter(model, source, info, name, storage, gguf));
                }

                parameter.StoredType = source is Formats.Gguf file ? file.Tensor(info.Name).Type.Name : info.Type.ToString();
            }
        }

        begun.AddRange(parameters.Where(named => head.Contains(named.Value) || (!named.Value.HasValue && model.MayLack(named.Key))).Select(named => named.Key));
        NewWeights.Fill(model, begun, storage, headSeed ?? 0);
        model.BegunLayers = [.. begun.Where(name => !head.Contains(parameters[name])).Select(name => name[..name.LastIndexOf('.')]).Distinct()];
        var missing = parameters.Where(named => !named.Value.HasValue).Select(named => named.Key).ToList();
        if (missing.Count > 0)
        {
            throw new Formats.FormatException(source.Path, -1,
                $"{Words.Count(missing.Count, "tensor")} {Words.Of(missing.Count, "is", "are")} missing: {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? ", …" : "")}", CureOfMissing(model, missing, unexpected));
        }

        return unexpected;
    }

    private static string CureOfMissing(TextModel model, List<string> missing, List<string> unexpected)
    {
        if (model is LanguageModel && missing.All(name => name.StartsWith("lm_head.", StringComparison.Ordinal)))
        {
            return "write \"tie_word_embeddings\": true into config.json if the output layer is the embedding; else the file is incomplete";
        }

        return unexpected.Count > 0 ? $"it has {string.Join(", ", unexpected.Take(3))} instead: is this another model's file?" : "the file is incomplete: fetch it again";
    }

    /// <summary>The parameter that a tensor of the file belongs to; null: it is to be passed over; empty: the family has none of that name.</summary>
    private static string? NameOf(TextModel model, ITensorSource source, string tensor)
    {
        if (source is not Formats.Gguf)
        {
            return model.Sanitize(tensor);
        }

        return tensor == GgufConfig.RotaryDivisors ? null : model.Gguf?.ToHuggingFace(tensor) ?? "";
    }

    private static bool IsTransposed(TextModel model, string name) => model.Gguf!.Transposed.Any(ending => name.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>The heads whose rows lie in another order in a GGUF file; null: the order is the same.</summary>
    private static int? PermutedHeads(TextModel model, string name) =>
        model.Gguf!.Permuted.FirstOrDefault(pair => name.EndsWith(pair.Key, StringComparison.Ordinal)).Value is { } heads ? model.Config.GetInt(heads) : null;

    private static void RequireFit(TextModel model, ITensorSource source, TensorInfo info, string name, Parameter parameter, bool gguf)
    {
        if (info.Type is not (ElementType.F16 or ElementType.BF16 or ElementType.F32 or ElementType.F64))
        {
            throw new Formats.FormatException(source.Path, -1, $"\"{info.Name}\" is of type {info.Type}: the checkpoint is quantised in a way that is not read here",
                "take the model's unquantised files, or a .gguf file of it");
        }

        var shape = gguf && IsTransposed(model, name) ? info.Shape.Reverse() : info.Shape;
        if (!shape.SequenceEqual(parameter.Shape))
        {
            throw new Formats.FormatException(source.Path, -1, $"\"{info.Name}\" has shape [{string.Join(", ", info.Shape)}], config.json asks for [{string.Join(", ", parameter.Shape)}]");
        }
    }

    /// <summary>A matrix in the file's blocks; null where a scale is no finite number, which the kernel does not read.</summary>
    private static QuantizedWeight? ReadBlocks(TextModel model, Formats.Gguf source, string tensor, string name, ScalarType type)
    {
        var format = source.Tensor(tensor).Type;
        if (PackedType.Of(format) is not null && !QuantizedBlocks.AreFinite(source, tensor))
        {
            return null;
        }

        var blocks = TensorMemory.ReadBlocks(source, tensor);
        if (PermutedHeads(model, name) is not int heads)
        {
            return new QuantizedWeight(blocks, format, type);
        }

        using (blocks)
        {
            return new QuantizedWeight(GgufRows.ToHuggingFace(blocks, heads), format, type);
        }
    }

    private static Tensor ReadParameter(TextModel model, ITensorSource source, TensorInfo info, string name, ScalarType storage, bool gguf)
    {
        var tensor = TensorMemory.Read(source, info.Name, storage, model.Device);
        if (gguf && IsTransposed(model, name))
        {
            using (tensor)
            {
                return tensor.t().contiguous();
            }
        }

        if (gguf && PermutedHeads(model, name) is int heads)
        {
            using (tensor)
            {
                return GgufRows.ToHuggingFace(tensor, heads);
            }
        }

        return tensor;
    }
}

/// <summary>A model that was opened, and what its file held besides.</summary>
/// <param name="Weights">The model, of whatever kind.</param>
/// <param name="Unexpected">Tensors of the file that the model has no place for.</param>
/// <param name="Begun">Parameters that hold random numbers: the file lacks them, or they were to begin anew.</param>
public sealed record LoadedModel(TextModel Weights, IReadOnlyList<string> Unexpected, IReadOnlyList<string> Begun)
{
    /// <summary>The head that the file has of its own though its config ties it, and which is used; null: there is none.</summary>
    public string? OwnHead { get; init; }

    /// <summary>The model, a language model.</summary>
    /// <exception cref="AttuneException">It is an encoder.</exception>
    public LanguageModel Model => LanguageModel.Of(Weights);
}
