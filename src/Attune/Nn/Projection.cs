using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>The one linear layer that every model uses: y = x W' + b, and what tuning adds.</summary>
public sealed class Projection : Layer, IAdaptable
{
    private readonly bool transposed;

    /// <summary>Creates the layer, empty.</summary>
    /// <param name="inFeatures">Width of the input.</param>
    /// <param name="outFeatures">Width of the output.</param>
    /// <param name="bias">Whether it has a bias.</param>
    /// <param name="transposed">Whether the weight lies as [in, out], as in GPT-2's Conv1D, instead of [out, in].</param>
    public Projection(int inFeatures, int outFeatures, bool bias, bool transposed = false)
    {
        InFeatures = inFeatures;
        OutFeatures = outFeatures;
        this.transposed = transposed;
        Weight = transposed ? AddParameter("weight", inFeatures, outFeatures) : AddParameter("weight", outFeatures, inFeatures);
        Bias = bias ? AddParameter("bias", outFeatures) : null;
    }

    /// <summary>Width of the input.</summary>
    public int InFeatures { get; }

    /// <summary>Width of the output.</summary>
    public int OutFeatures { get; }

    /// <summary>Whether the weight lies as [in, out].</summary>
    public bool IsTransposed => transposed;

    /// <summary>[out, in], or [in, out] where transposed.</summary>
    public Parameter Weight { get; }

    /// <summary>[out]; null where there is none.</summary>
    public Parameter? Bias { get; }

    /// <summary>What tuning adds; null where there is nothing.</summary>
    public IDelta? Delta { get; set; }

    /// <summary>y = x W' + b + delta(x).</summary>
    /// <param name="input">[tokens, in].</param>
    /// <returns>[tokens, out], in the input's precision.</returns>
    public Tensor Forward(Tensor input) => Delta is null ? ForwardBase(input) : Delta.Forward(this, input);

    /// <summary>The outputs of several layers for one input: those in quantised blocks are read together.</summary>
    /// <param name="input">[tokens, in].</param>
    /// <param name="layers">Layers of that input.</param>
    /// <returns>For each [tokens, out], in the input's precision.</returns>
    public static Tensor[] Forward(Tensor input, params ReadOnlySpan<Projection> layers)
    {
        var outputs = new Tensor[layers.Length];
        if (!is_grad_enabled() && QuantizedProductKernel.Fits(input) && QuantizedWeights(layers) is { } weights)
        {
            return QuantizedProductKernel.Forward(input, weights);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = layers[i].Forward(input);
        }

        return outputs;
    }

    // Null: not all are products with blocks and nothing else.
    private static QuantizedWeight[]? QuantizedWeights(ReadOnlySpan<Projection> layers)
    {
        var weights = new QuantizedWeight[layers.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            if (layers[i] is not { Bias: null, Delta: null, Weight.Quantized: { Packing: not null } weight })
            {
                return null;
            }

            weights[i] = weight;
        }

        return weights;
    }

    /// <summary>The output without the bias, for one that adds it in a pass of its own.</summary>
    /// <param name="input">[tokens, in].</param>
    /// <returns>[tokens, out], which is the caller's own, and the bias that it lacks; null: it lacks none.</returns>
    internal (Tensor Output, Tensor? Bias) ForwardApart(Tensor input) => Delta is not null || Bias is null || transposed || Weight.Quantized is not null ? (Forward(input), null)
        : (nn.functional.linear(input, Precision.As(Weight.Value, input.dtype)), Precision.As(Bias.Value, input.dtype));

    /// <summary>The gradient of the input of <see cref="ForwardBase"/>.</summary>
    /// <param name="gradient">[tokens, out], of the output.</param>
    /// <returns>[tokens, in]; what blocks came to is left to the caller's dispose scope.</returns>
    internal Tensor BackwardBase(Tensor gradient)
    {
        var weight = Precision.As(Weight.ReadValue(), gradient.dtype);
        return gradient.mm(transposed ? weight.t() : weight);
    }

    /// <summary>y = x W' + b, without the delta.</summary>
    /// <param name="input">[tokens, in].</param>
    /// <returns>[tokens, out], in the input's precision.</returns>
    public Tensor ForwardBase(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (Weight.Quantized is { } blocks)
        {
            return is_grad_enabled() && (input.requires_grad || Bias is { RequiresGrad: true }) ? QuantizedFunction.Of(this, input)
                : blocks.Linear(input, Bias is null ? null : Precision.As(Bias.Value, input.dtype));
        }

        var weight = Precision.As(Weight.Value, input.dtype);
        var bias = Bias is null ? null : Precision.As(Bias.Value, input.dtype);
        return !transposed ? nn.functional.linear(input, weight, bias)
            : bias is null ? input.matmul(weight) : torch.addmm(bias, input, weight, 1, 1);
    }
}
