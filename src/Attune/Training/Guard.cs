using Attune.Training.Optimizers;

namespace Attune.Training;

/// <summary>Stops a run before an update that would ruin it: the last checkpoint stays good.</summary>
internal static class Guard
{
    /// <summary>Refuses a loss or gradient that is not finite.</summary>
    /// <exception cref="AttuneException">It is not.</exception>
    public static void Finite(long step, double loss, double norm, TrainedParameters parameters)
    {
        if (double.IsFinite(loss) && double.IsFinite(norm))
        {
            return;
        }

        string culprit = Gradients.FirstNotFinite(parameters) is { } name ? $"; the first gradient that is not finite is {name}'s" : "";
        throw new AttuneException(ExitCode.BadData, $"step {step}", $"the loss is {loss} and the gradient's norm {norm}{culprit}",
            "nothing was updated and the last checkpoint is intact: lower train.learning_rate, or look at the rows of this step with `attune data view`");
    }
}
