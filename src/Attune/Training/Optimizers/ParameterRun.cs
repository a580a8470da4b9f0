namespace Attune.Training.Optimizers;

/// <summary>A stretch of neighbouring parameters in the flat buffers that are updated as one vector.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them.</param>
internal readonly record struct ParameterRun(TrainedParameter First, TrainedParameter Last)
{
    /// <summary>The first element.</summary>
    public long Offset => First.Offset;

    /// <summary>How many elements, the gaps between the parameters included.</summary>
    public long Length => Last.Offset + Last.Count - First.Offset;
}
