using Attune.Nn;

namespace Attune.Tuning;

/// <summary>A method whose parts stand on the layers of the model: several may share one.</summary>
internal interface IAdapterMethod : ITuningMethod
{
    /// <summary>Makes what <see cref="ITuningMethod.Attach"/> attaches, without putting it in its place.</summary>
    Attachment Prepare(PretrainedModel model, long seed);
}
