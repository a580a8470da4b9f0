using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>Activation functions under transformers' names (ACT2FN).</summary>
public static class Activations
{
    /// <summary>The function of that name.</summary>
    /// <param name="name"><c>hidden_act</c> or <c>activation_function</c> of a config.</param>
    /// <param name="place">Where the name stands, for the message.</param>
    /// <exception cref="AttuneException">No such function.</exception>
    public static Func<Tensor, Tensor> Of(string name, string place) => name switch
    {
        "silu" or "swish" => x => nn.functional.silu(x),
        "gelu" => x => nn.functional.gelu(x),
        "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => GeluTanh,
        "relu" => x => nn.functional.relu(x),
        "tanh" => x => x.tanh(),
        _ => throw new AttuneException(ExitCode.BadData, place, $"unknown activation function \"{name}\"", "known are silu, gelu, gelu_new, relu and tanh"),
    };

    // TorchSharp's gelu has no argument for the tanh form: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) (Hendrycks and Gimpel 2016).
    private static Tensor GeluTanh(Tensor x) => 0.5 * x * (1 + (Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x.pow(3)))).tanh());
}
