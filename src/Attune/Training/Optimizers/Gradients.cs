using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>What is done to gradients between the backward pass and the update.</summary>
public static class Gradients
{
    /// <summary>
    /// Scales all gradients by min(1, maximum / (norm + 1e-6)), with the norm taken over all of them as one vector. Where the norm is not finite
    /// they are left as they are.
    /// </summary>
    /// <param name="parameters">The parameters, gradients collected.</param>
    /// <param name="maximum">The largest norm that is left alone; greater than 0; null: nothing is clipped, only the norm is told.</param>
    /// <param name="power">Which norm: 2, 1, any p greater than 0, or infinity.</param>
    /// <returns>The norm before clipping; 0 where no parameter has a gradient.</returns>
    public static double Clip(TrainedParameters parameters, double? maximum, double power = 2)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximum ?? 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(power);
        double norm = Norm(parameters, power);
        if (maximum / (norm + 1e-6) is double factor && factor < 1 && double.IsFinite(norm))
        {
            parameters.ScaleGradients(factor);
        }

        return norm;
    }

    /// <summary>Limits every element to plus or minus a value.</summary>
    /// <param name="parameters">The parameters, gradients collected.</param>
    /// <param name="maximum">The value; greater than 0.</param>
    public static void ClipValue(TrainedParameters parameters, double maximum)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximum);
        foreach (ParameterRun run in Runs(parameters))
        {
            using Tensor part = parameters.Gradients.narrow(0, run.Offset, run.Length);
            part.clamp_(-maximum, maximum);
        }
    }

    /// <summary>The name of the first parameter whose gradient is not finite; null where all are.</summary>
    /// <param name="parameters">The parameters, gradients collected.</param>
    public static string? FirstNotFinite(TrainedParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters.All.FirstOrDefault(parameter =>
            parameter.HasGradient && !double.IsFinite(parameters.SumOfSquares(new ParameterRun(parameter, parameter))))?.Name;
    }

    private static double Norm(TrainedParameters parameters, double power)
    {
        if (power == 2)
        {
            return Math.Sqrt(Runs(parameters).Sum(parameters.SumOfSquares));
        }

        double total = 0;
        foreach (ParameterRun run in Runs(parameters))
        {
            using var scope = NewDisposeScope();
            Tensor magnitudes = parameters.Gradients.narrow(0, run.Offset, run.Length).to(ScalarType.Float64).abs_();
            total = double.IsInfinity(power) ? Math.Max(total, magnitudes.max().ToDouble()) : total + magnitudes.pow_(power).sum().ToDouble();
        }

        return double.IsInfinity(power) ? total : Math.Pow(total, 1 / power);
    }

    private static IEnumerable<ParameterRun> Runs(TrainedParameters parameters) => parameters.Runs((_, _) => true);
}
