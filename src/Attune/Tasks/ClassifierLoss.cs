using Attune.Models;
using Attune.Nn;
using Attune.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tasks;

/// <summary>The loss of a classifier of rows, as its problem asks: cross entropy, binary cross entropy, or the squared error.</summary>
public static class ClassifierLoss
{
    /// <summary>The sum of the rows' losses, to be divided by the rows of the whole step.</summary>
    /// <param name="model">A classifier.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="targets">One label a row: [rows], int64. Else [rows, labels], float32.</param>
    /// <param name="labelSmoothing">How much of each target's weight goes to all labels alike, from 0 to below 1; where a row has one label.</param>
    /// <returns>A float32 scalar that backward can start from.</returns>
    /// <exception cref="AttuneException">The model is no classifier.</exception>
    public static Tensor Sum(EncoderModel model, PackedRows rows, Tensor targets, double labelSmoothing = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        var classifier = model.RequireClassifier();
        var pooled = model.Pooled(model.Hidden(rows), rows);
        if (model.ProblemType == ProblemType.SingleLabel && classifier.Delta is null)
        {
            return CrossEntropy.Loss(pooled, classifier.Weight.Value, classifier.Bias?.Value, targets, new CrossEntropyOptions(labelSmoothing)).Sum;
        }

        var logits = classifier.Forward(pooled);
        return model.ProblemType switch
        {
            ProblemType.SingleLabel => nn.functional.cross_entropy(Precision.As(logits, ScalarType.Float32), targets, reduction: nn.Reduction.Sum, label_smoothing: labelSmoothing),
            ProblemType.MultiLabel => BinaryCrossEntropy.Sum(logits, targets),
            _ => SquaredError.Sum(logits, targets),
        };
    }
}
