using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>What most of torch's optimizers do to a gradient first.</summary>
/// <param name="WeightDecay">Times the value, added to the gradient (L2), or, where <paramref name="Decoupled"/>, times the rate taken from the value.</param>
/// <param name="Decoupled">Decay is kept out of the gradient.</param>
/// <param name="Maximize">Climb instead of descending.</param>
internal sealed record GradientPreparation(double WeightDecay, bool Decoupled, bool Maximize)
{
    public static GradientPreparation Read(Arguments arguments, double decay, bool decoupled) =>
        new(arguments.Number("weight_decay", 0) ?? decay, decoupled, arguments.Flag("maximize", false));

    /// <summary>The gradient to use: a new tensor where anything changes it. A decoupled decay is made on the value.</summary>
    public Tensor Apply(Tensor value, Tensor gradient, double learningRate)
    {
        Tensor prepared = Maximize ? gradient.neg() : gradient;
        if (WeightDecay != 0 && Decoupled)
        {
            value.mul_(1 - learningRate * WeightDecay);
        }

        return WeightDecay != 0 && !Decoupled ? prepared.add(value, alpha: WeightDecay) : prepared;
    }
}
