using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Objectives;

/// <summary>
/// The loss of a language model from its last hidden states. The logits never exist whole: they are made a chunk of rows at a time, and the same
/// pass turns them into their own gradient. What is frozen gets no gradient. Statistics are float32 whatever the inputs are.
/// </summary>
public static class CrossEntropy
{
    /// <summary>The sum of the rows' losses, to be divided by the number of trained tokens of the whole step.</summary>
    /// <param name="hidden">The states that predict, trained places only: [rows, width]. Products are made in this type.</param>
    /// <param name="weight">The output layer: [vocabulary, width], of any floating type; also one that is shared with the embedding.</param>
    /// <param name="bias">[vocabulary]; null where there is none.</param>
    /// <param name="targets">The token that follows each: [rows], int64, from 0 to vocabulary - 1.</param>
    /// <param name="options">What else to compute; null: nothing.</param>
    /// <returns>The sum, a float32 scalar that backward can start from, and the number of rows it is of.</returns>
    public static (Tensor Sum, long Count) Loss(Tensor hidden, Tensor weight, Tensor? bias, Tensor targets, CrossEntropyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(targets);
        options ??= CrossEntropyOptions.Default;
        Check(hidden, weight, targets, options);
        bool trains = is_grad_enabled() && (hidden.requires_grad || weight.requires_grad || bias is not null && bias.requires_grad);
        return (trains ? Function.Of(hidden, weight, bias!, targets, options) : Rows(hidden, weight, bias, targets, options).sum(), hidden.size(0));
    }

    /// <summary>The loss of every row by itself, without gradients: what evaluation counts.</summary>
    /// <param name="hidden">As in <see cref="Loss"/>.</param>
    /// <param name="weight">As in <see cref="Loss"/>.</param>
    /// <param name="bias">As in <see cref="Loss"/>.</param>
    /// <param name="targets">As in <see cref="Loss"/>.</param>
    /// <param name="options">As in <see cref="Loss"/>.</param>
    /// <returns>[rows], float32.</returns>
    public static Tensor PerRow(Tensor hidden, Tensor weight, Tensor? bias, Tensor targets, CrossEntropyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(targets);
        options ??= CrossEntropyOptions.Default;
        Check(hidden, weight, targets, options);
        return Rows(hidden, weight, bias, targets, options);
    }

    /// <summary>The same as <see cref="Loss"/> with whole logits and torch's own gradients: its twin, for tests.</summary>
    internal static Tensor Plain(Tensor hidden, Tensor weight, Tensor? bias, Tensor targets, CrossEntropyOptions options)
    {
        return OfLogits(nn.functional.linear(hidden, weight.to(hidden.dtype), bias?.to(hidden.dtype)), targets, options);
    }

    /// <summary>The sum of the rows' losses, of logits that are there whole and may want a gradient.</summary>
    /// <param name="logits">[rows, vocabulary].</param>
    /// <param name="targets">As in <see cref="Loss"/>.</param>
    /// <param name="options">As in <see cref="Loss"/>.</param>
    internal static Tensor OfLogits(Tensor logits, Tensor targets, CrossEntropyOptions options)
    {
        logits = Precision.As(logits, ScalarType.Float32);
        Tensor normalizer = logits.logsumexp(-1);
        Tensor likelihood = logits.gather(1, targets.unsqueeze(1)).squeeze(1) - normalizer;
        Tensor loss = likelihood * -(1 - options.LabelSmoothing) + (normalizer - logits.mean([-1])) * options.LabelSmoothing;
        return (loss + normalizer.square() * options.ZLoss).sum();
    }

    private static void Check(Tensor hidden, Tensor weight, Tensor targets, CrossEntropyOptions options)
    {
        if (hidden.dim() != 2 || weight.dim() != 2 || targets.dim() != 1 || hidden.size(1) != weight.size(1) || hidden.size(0) != targets.size(0))
        {
            throw new ArgumentException($"Hidden states [{string.Join(", ", hidden.shape)}], weight [{string.Join(", ", weight.shape)}] and targets "
                + $"[{string.Join(", ", targets.shape)}] do not fit together: [rows, width], [vocabulary, width], [rows] are wanted.");
        }

        if (targets.dtype != ScalarType.Int64)
        {
            throw new ArgumentException($"Targets are int64, not {targets.dtype}.", nameof(targets));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(options.ZLoss);
        ArgumentOutOfRangeException.ThrowIfNegative(options.LabelSmoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.LabelSmoothing, 1);
    }

    private static Tensor Rows(Tensor hidden, Tensor weight, Tensor? bias, Tensor targets, CrossEntropyOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor losses = empty([hidden.size(0)], dtype: ScalarType.Float32, device: hidden.device);
        var chunks = new LogitChunks(hidden, weight, bias, options.ChunkBytes);
        for (long start = 0; start < hidden.size(0); start += chunks.Rows)
        {
            using var inner = NewDisposeScope();
            Tensor logits = chunks.At(start);
            CrossEntropyKernel.Losses(logits, targets.narrow(0, start, logits.size(0)), losses.narrow(0, start, logits.size(0)), options, gradient: false);
        }

        return losses.MoveToOuterDisposeScope();
    }

    private sealed class Function : GradientFunction<Function>
    {
        public static Tensor Of(Tensor hidden, Tensor weight, Tensor? bias, Tensor targets, CrossEntropyOptions options) => Call(hidden, weight, bias!, targets, options);

        protected override Tensor Forward(autograd.AutogradContext context, object[] inputs)
        {
            var (hidden, weight, bias, targets, options) = ((Tensor)inputs[0], (Tensor)inputs[1], (Tensor?)inputs[2], (Tensor)inputs[3], (CrossEntropyOptions)inputs[4]);
            bool biasTrains = bias is not null && bias.requires_grad;
            Tensor? ofHidden = hidden.requires_grad ? empty_like(hidden) : null;
            Tensor? ofWeight = weight.requires_grad ? zeros(weight.shape, dtype: ScalarType.Float32, device: weight.device) : null;
            Tensor? ofBias = biasTrains ? zeros(bias!.shape, dtype: ScalarType.Float32, device: bias.device) : null;
            Tensor losses = empty([hidden.size(0)], dtype: ScalarType.Float32, device: hidden.device);
            var chunks = new LogitChunks(hidden, weight, bias, options.ChunkBytes);
            for (long start = 0; start < hidden.size(0); start += chunks.Rows)
            {
                using var inner = NewDisposeScope();
                Tensor logits = chunks.At(start);
                long rows = logits.size(0);
                CrossEntropyKernel.Losses(logits, targets.narrow(0, start, rows), losses.narrow(0, start, rows), options, gradient: true);
                ofHidden?.narrow(0, start, rows).addmm_(logits, chunks.Weight, beta: 0, alpha: 1);
                if (ofWeight is not null && logits.dtype == ScalarType.Float32)
                {
                    ofWeight.addmm_(logits.t(), hidden.narrow(0, start, rows), beta: 1, alpha: 1);
                }
                else
                {
                    ofWeight?.add_(logits.t().mm(hidden.narrow(0, start, rows)));
                }

                ofBias?.add_(logits.sum(0, type: ScalarType.Float32));
            }

            context.save_for_backward([ofHidden!, ofWeight?.to(weight.dtype)!, ofBias?.to(bias!.dtype)!]);
            return losses.sum();
        }

        // They are made for a sum that counts once: what it counts for is known only now. In place, for a matrix may be as large as the model.
        protected override Tensor?[] Backward(autograd.AutogradContext context, IReadOnlyList<Tensor> saved, Tensor gradient) =>
            [.. saved.Select(one => one?.mul_(gradient)), null, null];
    }
}
