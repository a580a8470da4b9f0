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
    private QuantizedWeight? quantized;

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
    public bool HasValue => owner?.HasValue ?? (tensor is not null || quantized is not null);

    /// <summary>The tensor that computations use: the replacement where there is one, else the model's own.</summary>
    /// <exception cref="InvalidOperationException">Nothing was loaded.</exception>
    public Tensor Value => replacement is not null ? replacement : Base;

    /// <summary>The model's own tensor. Where it was kept in quantised blocks, it is dequantised for good: who asks may change it.</summary>
    /// <exception cref="InvalidOperationException">Nothing was loaded.</exception>
    public Tensor Base => owner is not null ? owner.Base : tensor ?? Dequantized();

    /// <summary>The blocks that computations use in the place of <see cref="Value"/>; null where there are none, or a copy stands in for them.</summary>
    internal QuantizedWeight? Quantized => replacement is not null ? null : owner is not null ? owner.Quantized : quantized;

    /// <summary>The place that holds the tensor: itself, or the one that it follows.</summary>
    internal Parameter Owner => owner?.Owner ?? this;

    /// <summary>Whether computations form a gradient of it. What is kept in blocks is frozen.</summary>
    internal bool RequiresGrad => Quantized is null && Value.requires_grad;

    /// <summary>The memory of the model's own numbers, in bytes; 0 where it follows another place.</summary>
    internal long Bytes => owner is not null ? 0 : quantized is not null ? quantized.Blocks.numel() : Base.numel() * Base.element_size();

    /// <summary>The type of the model's own numbers.</summary>
    internal ScalarType BaseType => owner is not null ? owner.BaseType : quantized?.Type ?? Base.dtype;

    /// <summary>The model's own numbers, to be read only: the tensor, or what its blocks come to, which the caller's dispose scope frees.</summary>
    internal Tensor ReadBase() => owner is not null ? owner.ReadBase() : quantized?.ToTensor() ?? Base;

    /// <summary>What computations use, to be read only: <see cref="Value"/>, or what its blocks come to, which the caller's dispose scope frees.</summary>
    internal Tensor ReadValue() => replacement ?? ReadBase();

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
            Dispose();
            (tensor, quantized) = (value.DetachFromDisposeScope(), null);
        }
    }

    /// <summary>Gives it quantised blocks, which it owns from now on.</summary>
    /// <param name="value">Of <see cref="Shape"/>.</param>
    internal void Set(QuantizedWeight value)
    {
        if (owner is not null || Shape.Count != 2 || value.Rows != Shape[0] || value.Columns != Shape[1])
        {
            throw new ArgumentException($"Blocks of [{value.Rows}, {value.Columns}] do not belong into a parameter of [{string.Join(", ", Shape)}].", nameof(value));
        }

        Dispose();
        (tensor, quantized, StoredType) = (null, value, null);
    }

    /// <summary>Forms no gradient of it from now on.</summary>
    internal void Freeze()
    {
        if (Quantized is null)
        {
            Base.requires_grad_(false);
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
        Dispose();
        (tensor, quantized) = (null, null);
        owner = other;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        tensor?.Dispose();
        quantized?.Dispose();
    }

    // The blocks are left to the collector: a product may be reading them.
    private Tensor Dequantized()
    {
        tensor = (quantized ?? throw new InvalidOperationException("The parameter holds no tensor.")).ToTensor().DetachFromDisposeScope();
        quantized = null;
        return tensor;
    }
}
