using System.Text.RegularExpressions;

namespace Attune.Training.Optimizers;

/// <summary>Which parameters weight decay leaves alone: the rule of transformers' Trainer.</summary>
public static partial class DecayRule
{
    /// <summary>Whether a parameter decays: none of a LayerNorm does, and none whose name speaks of a bias or a norm.</summary>
    /// <param name="name">The parameter's name in the model (<c>model.layers.0.input_layernorm.weight</c>).</param>
    /// <param name="ofLayerNorm">It belongs to a layer of torch's kind LayerNorm, whatever that is called in the model.</param>
    public static bool Decays(string name, bool ofLayerNorm)
    {
        ArgumentNullException.ThrowIfNull(name);
        return !ofLayerNorm && !Undecayed().IsMatch(name.ToLowerInvariant());
    }

    /// <summary>Splits parameters into a group that decays and one that does not, leaving out what is empty.</summary>
    /// <param name="parameters">Names and tensors.</param>
    /// <param name="isOfLayerNorm">Whether the parameter of that name belongs to a LayerNorm.</param>
    public static IReadOnlyList<ParameterGroup> Split(IEnumerable<(string Name, TorchSharp.torch.Tensor Value)> parameters, Func<string, bool> isOfLayerNorm)
    {
        ILookup<bool, (string Name, TorchSharp.torch.Tensor Value)> split = parameters.ToLookup(parameter => Decays(parameter.Name, isOfLayerNorm(parameter.Name)));
        ParameterGroup[] groups =
        [
            new([.. split[true]]),
            new([.. split[false]], new Dictionary<string, object?> { ["weight_decay"] = 0.0 }),
        ];
        return [.. groups.Where(group => group.Parameters.Count > 0)];
    }

    [GeneratedRegex(@"bias|layernorm|rmsnorm|(^|\.)norm($|\.)|_norm($|\.)")]
    private static partial Regex Undecayed();
}
