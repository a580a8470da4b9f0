using Attune.Models;
using Attune.Nn;

namespace Attune.Training;

/// <summary>The matrix products that a step cannot do without, counted as benchmarks of training do: 2 operations a weight forward, 2 for the gradient of the input, 2 for that of a trained weight.</summary>
/// <param name="PerToken">Operations a token.</param>
/// <param name="PerTrainedToken">Operations a trained token (a classifier: a row), for the output layer.</param>
/// <param name="AgainPerToken">Operations a token that checkpointed activations cost besides: the blocks' forward pass again.</param>
internal readonly record struct StepCost(double PerToken, double PerTrainedToken, double AgainPerToken)
{
    /// <summary>Counts a model's projections.</summary>
    public static StepCost Of(TextModel model)
    {
        double inner = 0, again = 0;
        foreach (var (_, layer) in model.NamedLayers())
        {
            if (layer is Projection projection && !ReferenceEquals(projection, model.Head))
            {
                inner += (projection.Weight.RequiresGrad ? 6.0 : 4.0) * projection.Weight.Count;
                again += 2.0 * projection.Weight.Count;
            }
        }

        var output = (model.Head as Projection)?.Weight;
        return new StepCost(inner, output is null ? 0 : (output.RequiresGrad ? 6.0 : 4.0) * output.Count, again);
    }

    /// <summary>Operations of a step.</summary>
    public double Of(long tokens, long trainedTokens) => (PerToken * tokens) + (PerTrainedToken * trainedTokens);
}
