using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>One trained tensor and its place in the flat buffers of <see cref="TrainedParameters"/>.</summary>
public sealed class TrainedParameter
{
    internal TrainedParameter(string name, Tensor value, int group, long offset)
    {
        Name = name;
        Value = value;
        Group = group;
        Offset = offset;
        Shape = value.shape;
        Count = value.NumberOfElements;
    }

    /// <summary>The name that checkpoints use.</summary>
    public string Name { get; }

    /// <summary>The tensor that the model computes with.</summary>
    public Tensor Value { get; }

    /// <summary>The number of its group.</summary>
    public int Group { get; }

    /// <summary>Its first element in the flat buffers.</summary>
    public long Offset { get; }

    /// <summary>Row-major.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>How many elements it has.</summary>
    public long Count { get; }

    /// <summary>Whether a gradient was collected since the last <see cref="TrainedParameters.ZeroGradients"/>.</summary>
    public bool HasGradient { get; internal set; }

    /// <summary>The rows that have a gradient, where the gradients that came were of rows; null: all may have.</summary>
    internal TouchedRows? Rows { get; set; }
}
