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
    /// <param name="options">What is computed besides, where a row has one label; null: nothing.</param>
    /// <returns>A float32 scalar that backward can start from.</returns>
    /// <exception cref="AttuneException">The model is no classifier.</exception>
    public static Tensor Sum(EncoderModel model, PackedRows rows, Tensor targets, CrossEntropyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= CrossEntropyOptions.Default;
        var classifier = model.RequireClassifier();
        var pooled = model.Pooled(model.Hidden(rows), rows);
        if (model.ProblemType == ProblemType.SingleLabel && classifier.Delta is null)
        {
            return CrossEntropy.Loss(pooled, classifier.Weight.Value, classifier.Bias?.Value, targets, options).Sum;
        }

        var logits = classifier.Forward(pooled);
        return model.ProblemType switch
        {
            ProblemType.SingleLabel => CrossEntropy.OfLogits(logits, targets, options),
            ProblemType.MultiLabel => BinaryCrossEntropy.Sum(logits, targets),
            _ => SquaredError.Sum(logits, targets),
        };
    }
}
