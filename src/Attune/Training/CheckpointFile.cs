using Attune.Formats;

namespace Attune.Training;

/// <summary>A safetensors file of a checkpoint that is to be written.</summary>
/// <param name="Name">Its name, such as <c>adapter.safetensors</c>.</param>
/// <param name="Tensors">What it holds.</param>
internal sealed record CheckpointFile(string Name, IReadOnlyList<TensorToWrite> Tensors)
{
    /// <summary>About how many bytes it will be.</summary>
    public long Length => Tensors.Sum(tensor => tensor.Info.ByteLength + 128);
}
