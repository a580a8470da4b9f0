using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>(x - mean) / sqrt(var + eps) * weight + bias (Ba et al. 2016).</summary>
public sealed class LayerNorm : Layer
{
    private readonly double epsilon;

    /// <summary>Creates the layer, empty.</summary>
    /// <param name="width">Width of the input.</param>
    /// <param name="epsilon">layer_norm_eps.</param>
    public LayerNorm(int width, double epsilon)
    {
        this.epsilon = epsilon;
        Weight = AddParameter("weight", width);
        Bias = AddParameter("bias", width);
    }

    /// <summary>[width].</summary>
    public Parameter Weight { get; }

    /// <summary>[width].</summary>
    public Parameter Bias { get; }

    /// <summary>Normalises each token.</summary>
    /// <param name="input">[tokens, width].</param>
    public Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return nn.functional.layer_norm(input, [input.shape[^1]], Precision.As(Weight.Value, input.dtype), Precision.As(Bias.Value, input.dtype), epsilon);
    }
}
