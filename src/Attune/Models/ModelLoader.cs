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
    /// <param name="storage">The precision that weights are kept in.</param>
    /// <param name="compute">The precision of activations and products.</param>
    /// <param name="device">Where the model lies; null: the CPU.</param>
    /// <exception cref="AttuneException">The model is absent, unknown, or not what its config says.</exception>
    public static LoadedModel Load(string path, ScalarType storage, ScalarType compute, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (File.Exists(path) && path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            using var gguf = Formats.Gguf.Open(path);
            return Named(Fill(GgufConfig.From(gguf.Metadata, gguf.Tensors, path), gguf, storage, compute, device), path);
        }

        if (!Directory.Exists(path))
        {
            throw new AttuneException(ExitCode.MissingInput, path, "there is no such model folder or .gguf file");
        }

        var config = HuggingFaceConfig.Open(Path.Combine(path, "config.json"));
        using var source = ShardedSafetensors.OpenFolder(path);
        return Named(Fill(config, source, storage, compute, device), path);
    }

    private static LoadedModel Named(LoadedModel loaded, string path)
    {
        loaded.Model.NameOrPath = Path.GetFullPath(path);
        return loaded;
    }

    /// <summary>Fills a model from any source of tensors.</summary>
    internal static LoadedModel Fill(HuggingFaceConfig config, ITensorSource source, ScalarType storage, ScalarType compute, Device? device)
    {
        var model = ModelFamilies.Create(config);
        model.ComputeType = compute;
        model.Device = device ?? CPU;
        try
        {
            WeightMemory.Require(model, storage, source.Path);
            return new LoadedModel(model, FillParameters(model, source, storage));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static List<string> FillParameters(LanguageModel model, ITensorSource source, ScalarType storage)
    {
        var parameters = model.NamedParameters().ToDictionary(named => named.Name, named => named.Parameter);
        var unexpected = new List<string>();
        bool gguf = source is Formats.Gguf;
        foreach (var info in source.Tensors.Values)
        {
            string? name = gguf ? model.Gguf?.ToHuggingFace(info.Name) ?? "" : model.Sanitize(info.Name);
            if (name is null)
            {
                continue;
            }

            if (!parameters.TryGetValue(name, out var parameter))
            {
                unexpected.Add(info.Name);
            }
            else if (!parameter.IsTied)
            {
                parameter.Set(ReadParameter(model, source, info, name, parameter, storage, gguf));
                parameter.StoredType = source is Formats.Gguf file ? file.Tensor(info.Name).Type.Name : info.Type.ToString();
            }
        }

        var missing = parameters.Where(named => !named.Value.HasValue).Select(named => named.Key).ToList();
        if (missing.Count > 0)
        {
            throw new Formats.FormatException(source.Path, -1, $"{missing.Count} tensors are missing: {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? ", …" : "")}",
                unexpected.Count > 0 ? $"it has {string.Join(", ", unexpected.Take(3))} instead: is this another model's file?" : "the file is incomplete: fetch it again");
        }

        return unexpected;
    }

    private static Tensor ReadParameter(LanguageModel model, ITensorSource source, TensorInfo info, string name, Parameter parameter, ScalarType storage, bool gguf)
    {
        bool transposed = gguf && model.Gguf!.Transposed.Any(ending => name.EndsWith(ending, StringComparison.Ordinal));
        var shape = transposed ? info.Shape.Reverse() : info.Shape;
        if (!shape.SequenceEqual(parameter.Shape))
        {
            throw new Formats.FormatException(source.Path, -1, $"\"{info.Name}\" has shape [{string.Join(", ", info.Shape)}], config.json asks for [{string.Join(", ", parameter.Shape)}]");
        }

        var tensor = TensorMemory.Read(source, info.Name, storage, model.Device);
        if (transposed)
        {
            using (tensor)
            {
                return tensor.t().contiguous();
            }
        }

        if (gguf && model.Gguf!.Permuted.FirstOrDefault(pair => name.EndsWith(pair.Key, StringComparison.Ordinal)).Value is { } heads)
        {
            using (tensor)
            {
                return GgufRows.ToHuggingFace(tensor, model.Config.GetInt(heads));
            }
        }

        return tensor;
    }
}

/// <summary>A model that was opened, and what its file held besides.</summary>
/// <param name="Model">The model.</param>
/// <param name="Unexpected">Tensors of the file that the model has no place for.</param>
public sealed record LoadedModel(LanguageModel Model, IReadOnlyList<string> Unexpected);
