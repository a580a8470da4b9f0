using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>What tuning adds to a projection or an embedding, from outside the model.</summary>
public interface IDelta
{
    /// <summary>Adds to the base's output.</summary>
    /// <param name="input">What went into the layer: [tokens, in] for a projection, token ids [tokens] for an embedding.</param>
    /// <param name="output">What came out, [tokens, out]; it may be changed in place.</param>
    /// <returns>The sum, [tokens, out].</returns>
    Tensor Add(Tensor input, Tensor output);

    /// <summary>A projection's output with the delta in it. To be overridden where both together cost less than one after the other.</summary>
    /// <param name="projection">The layer.</param>
    /// <param name="input">[tokens, in].</param>
    /// <returns>[tokens, out].</returns>
    Tensor Forward(Projection projection, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(projection);
        return Add(input, projection.ForwardBase(input));
    }
}

/// <summary>A layer that takes a delta.</summary>
public interface IAdaptable
{
    /// <summary>The weight that a delta may be folded into.</summary>
    Parameter Weight { get; }

    /// <summary>What tuning adds; null where there is nothing.</summary>
    IDelta? Delta { get; set; }
}
