using Attune.Formats;
using Attune.Native;
using Attune.Training.Optimizers;
using static TorchSharp.torch;

namespace Attune.Training;

/// <summary>An optimizer's state as tensors of a safetensors file, by the parameters' names.</summary>
internal static class OptimizerFile
{
    /// <summary>The file's name in a checkpoint.</summary>
    public const string Name = "optimizer.safetensors";

    /// <summary>The file to be written. Its tensors are views: it must be written before the next step.</summary>
    public static CheckpointFile Of(IOptimizer optimizer) => new(Name,
    [
        .. optimizer.Save().Select(pair => TensorMemory.ToWrite(pair.Name, pair.Value, pair.Value.dtype)),
    ]);

    /// <summary>Takes up what a file holds.</summary>
    /// <param name="optimizer">Made as when the run began.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="AttuneException">A part is missing or of another shape, or there is one that means nothing.</exception>
    public static void Load(IOptimizer optimizer, ITensorSource file)
    {
        var unread = file.Tensors.Keys.ToHashSet();
        optimizer.Load(name =>
        {
            unread.Remove(name);
            _ = file.Find(name);
            return TensorMemory.Read(file, name, null, CPU);
        });
        if (unread.Count > 0)
        {
            throw new AttuneException(ExitCode.BadData, file.Path, $"holds {Names.Quote(unread.First())}, which this optimizer does not remember",
                "resume with the optimizer that the run began with");
        }
    }
}
