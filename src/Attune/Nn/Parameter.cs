using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// A place in a model where a tensor belongs. It is made without memory, knowing its shape only; loading or initialising gives it a tensor.
/// Two places that share one matrix (an embedding and its output layer) are tied: one holds the tensor, the other follows it.
/// </summary>
public sealed class Parameter : IDisposable
{
    private Tensor? tensor;
    private Parameter? owner;
    private Tensor? replacement;

    /// <summary>Creates an empty place.</summary>
    /// <param name="shape">Row-major shape.</param>
    public Parameter(params long[] shape) => Shape = shape;

    /// <summary>Row-major shape.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>How many elements it has.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Whether it follows another place's tensor.</summary>
    public bool IsTied => owner is not null;

    /// <summary>Whether it has a tensor.</summary>
    public bool HasValue => owner?.HasValue ?? tensor is not null;

    /// <summary>The tensor that computations use: the replacement where there is one, else the model's own.</summary>
    /// <exception cref="InvalidOperationException">Nothing was loaded.</exception>
    public Tensor Value => replacement is not null ? replacement : Base;

    /// <summary>The model's own tensor.</summary>
    /// <exception cref="InvalidOperationException">Nothing was loaded.</exception>
    public Tensor Base => owner is not null ? owner.Base : tensor is not null ? tensor : throw new InvalidOperationException("The parameter holds no tensor.");

    /// <summary>A trained copy that stands in for the model's own tensor here, and only here, even where that is tied (PEFT's modules_to_save, trained biases); null where there is none.</summary>
    public Tensor? Replacement => replacement;

    /// <summary>The type that its values have in the file that they were read from (<c>BF16</c>, <c>Q4_1</c>); null where they are not as a file has them.</summary>
    internal string? StoredType { get; set; }

    /// <summary>Gives it a tensor, which it owns from now on. On a tied place this is the owner's.</summary>
    /// <param name="value">A tensor of <see cref="Shape"/>, outside any dispose scope.</param>
    public void Set(Tensor value)
    {
        if (owner is not null)
        {
            owner.Set(value);
            return;
        }

        ArgumentNullException.ThrowIfNull(value);
        if (!value.shape.AsSpan().SequenceEqual(Shape.ToArray()))
        {
            throw new ArgumentException($"The tensor has shape [{string.Join(", ", value.shape)}], the parameter [{string.Join(", ", Shape)}].", nameof(value));
        }

        StoredType = null;
        if (!ReferenceEquals(tensor, value))
        {
            tensor?.Dispose();
            tensor = value.DetachFromDisposeScope();
        }
    }

    /// <summary>Lets a trained copy stand in for the model's own tensor; null takes it away. The caller owns the copy.</summary>
    /// <param name="value">The copy.</param>
    public void Replace(Tensor? value) => replacement = value;

    /// <summary>Makes this place follow another's tensor.</summary>
    /// <param name="other">The owner.</param>
    public void TieTo(Parameter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        tensor?.Dispose();
        tensor = null;
        owner = other;
    }

    /// <inheritdoc/>
    public void Dispose() => tensor?.Dispose();
}
