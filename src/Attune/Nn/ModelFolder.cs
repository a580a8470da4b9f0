using Attune.Formats;
using Attune.Native;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>A model's folder in Hugging Face's layout: config.json and safetensors files. Tied tensors are in it once.</summary>
internal static class ModelFolder
{
    /// <summary>Writes the model's own parameters, without what tuning has attached.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Made where it is absent.</param>
    /// <param name="type">The precision written; null: what the config promises, whatever was computed in, else each in its own.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in a file.</param>
    public static void Write(PretrainedModel model, string folder, ScalarType? type = null, long maxShardBytes = 5_000_000_000)
    {
        Directory.CreateDirectory(folder);
        type ??= model.Config.DType is { } promised ? TensorMemory.TypeOf(promised, folder) : null;
        var parameters = model.NamedParameters().Where(named => !named.Parameter.IsTied).Select(named => (named.Name, named.Parameter.Base)).ToList();
        SafetensorsWriter.WriteFolder(folder, parameters.Select(named => TensorMemory.ToWrite(named.Name, named.Base, type ?? named.Base.dtype)), maxShardBytes);

        // "torch_dtype" is what it was called before.
        string dtype = (type ?? parameters[0].Base.dtype).ToString().ToLowerInvariant();
        model.Config.Save(Path.Combine(folder, "config.json"), new("dtype", dtype), new("torch_dtype", null));
    }
}
