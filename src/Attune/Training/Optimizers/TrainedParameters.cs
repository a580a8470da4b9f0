using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>
/// All that is trained, in one flat float32 buffer of values and one of gradients, so that clipping and the optimizer are a few passes over
/// memory however many tensors there are. A float32 parameter becomes a view of the values; the values are the masters of a bfloat16 or float16
/// one, whose own memory becomes a view of a second flat buffer that takes the rounded values.
/// </summary>
public sealed class TrainedParameters : IDisposable
{
    // 64 bytes: where the products in libtorch like a matrix to begin.
    private const long Alignment = 16;
    private readonly Tensor gradients;
    private readonly Tensor? rounded;
    private readonly long roundedStart;

    /// <summary>
    /// Takes the parameters over: from now on their memory is a part of the flat buffers. Whoever holds the same <see cref="Tensor"/> objects
    /// sees no difference; views and detached copies made before do not follow.
    /// </summary>
    /// <param name="groups">The parameters, group by group; all on one device, each tensor and each name once.</param>
    /// <exception cref="AttuneException">A parameter comes twice, is of a type that is not trained, or asks for no gradient.</exception>
    public TrainedParameters(IReadOnlyList<ParameterGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        var named = groups.SelectMany((group, number) => group.Parameters.Select(parameter => (parameter.Name, parameter.Value, Group: number))).ToList();
        Check(named.Select(one => (one.Name, one.Value)).ToList());
        device = named[0].Value.device;

        // Masters last, so that what is rounded lies in one piece; within each part group by group, so that runs are long.
        named = [.. named.OrderBy(one => one.Value.dtype != ScalarType.Float32).ThenBy(one => one.Group)];
        var all = new List<TrainedParameter>();
        long offset = 0;
        roundedStart = -1;
        foreach ((string name, Tensor value, int group) in named)
        {
            roundedStart = roundedStart < 0 && value.dtype != ScalarType.Float32 ? offset : roundedStart;
            all.Add(new TrainedParameter(name, value, group, offset));
            offset = (offset + value.NumberOfElements + Alignment - 1) / Alignment * Alignment;
        }

        All = all;
        Values = empty(offset, dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
        gradients = zeros(offset, dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
        rounded = roundedStart < 0 ? null
            : empty(offset - roundedStart, dtype: all[^1].Value.dtype, device: device).DetachFromDisposeScope();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        for (int i = 0; i < all.Count; i++)
        {
            TakeOver(all[i], i + 1 < all.Count ? all[i + 1].Offset : offset);
        }
    }

    private readonly Device device;
    private double gradientScale = 1;

    /// <summary>Every parameter, in the order of the flat buffers.</summary>
    public IReadOnlyList<TrainedParameter> All { get; }

    /// <summary>The values, float32; between parameters there may be a few elements that belong to none.</summary>
    public Tensor Values { get; }

    /// <summary>The gradients, float32, laid out as <see cref="Values"/>; only those of parameters with <see cref="TrainedParameter.HasGradient"/> count.</summary>
    public Tensor Gradients
    {
        get
        {
            if (gradientScale != 1)
            {
                foreach (ParameterRun run in Runs((_, _) => true))
                {
                    GradientKernel.Scale(gradients, run.Offset, run.Length, gradientScale);
                }

                gradientScale = 1;
            }

            return gradients;
        }
    }

    /// <summary>How many elements are trained.</summary>
    public long Count => All.Sum(parameter => parameter.Count);

    /// <summary>
    /// Adds what a backward pass left in the tensors' own gradients to <see cref="Gradients"/>, in float32, and takes it from there.
    /// To be called after the backward pass of every micro-batch.
    /// </summary>
    public void CollectGradients()
    {
        using var noGradient = no_grad();
        foreach (TrainedParameter parameter in All)
        {
            using Tensor? gradient = parameter.Value.grad;
            if (gradient is null)
            {
                continue;
            }

            if (gradient.is_sparse)
            {
                CollectRows(parameter, gradient);
            }
            else
            {
                GradientKernel.Accumulate(Gradients, parameter.Offset, gradient, first: !parameter.HasGradient);
                parameter.Rows = null;
            }

            parameter.Value.grad = null;
            parameter.HasGradient = true;
        }
    }

    private void CollectRows(TrainedParameter parameter, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        Tensor rows = gradient.SparseIndices.squeeze(0);
        if (!parameter.HasGradient)
        {
            // Only what the step before wrote, where that was rows too.
            if (parameter.Rows is { } before)
            {
                View(Gradients, parameter).index_fill_(0, tensor(before.Now.ToArray(), device: device), 0);
                before.Clear();
            }
            else
            {
                Gradients.narrow(0, parameter.Offset, parameter.Count).zero_();
                parameter.Rows = device.type == DeviceType.CPU ? new TouchedRows(parameter) : null;
            }
        }

        GradientKernel.AccumulateRows(Gradients, parameter.Offset, rows, gradient.SparseValues);
        parameter.Rows?.Add(rows);
    }

    /// <summary>Multiplies all gradients by a factor: with the next pass that reads them.</summary>
    /// <param name="factor">The factor.</param>
    internal void ScaleGradients(double factor)
    {
        _ = Gradients; // One factor at a time: what is rounded twice has other bits.
        gradientScale = factor;
    }

    /// <summary>The sum of squares of a run's gradients, in double precision.</summary>
    internal double SumOfSquares(ParameterRun run) => run.First.Rows is { } rows
        ? rows.Now.Sum(row => GradientKernel.SumOfSquares(Gradients, run.Offset + (row * rows.Width), rows.Width))
        : GradientKernel.SumOfSquares(Gradients, run.Offset, run.Length);

    /// <summary>A run's part of the buffers, in the caller's dispose scope, for a rule that scales and rounds by itself.</summary>
    /// <param name="run">The run.</param>
    /// <param name="step">How many updates its parameters have had, this one included.</param>
    /// <param name="remembered">What the optimizer remembers of it.</param>
    internal FlatStretch Stretch(ParameterRun run, long step, IReadOnlyList<Tensor> remembered)
    {
        if (run.First.Rows is { HasForgotten: true } rows)
        {
            // Rows that were touched before these were counted: in a run that was resumed, or by gradients of the whole.
            foreach (Tensor memory in step > 1 ? remembered : [])
            {
                rows.Remember(memory.view(rows.Count, rows.Width));
            }

            rows.HasForgotten = false;
        }

        return new FlatStretch(Values.narrow(0, run.Offset, run.Length), gradients.narrow(0, run.Offset, run.Length), gradientScale,
            rounded is not null && IsMaster(run.First) ? rounded.narrow(0, run.Offset - roundedStart, run.Length) : null, run.First.Rows);
    }

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGradients()
    {
        gradientScale = 1;
        foreach (TrainedParameter parameter in All)
        {
            parameter.HasGradient = false;
        }
    }

    /// <summary>A parameter's own part of a flat buffer, in its shape. The caller's dispose scope owns it.</summary>
    /// <param name="flat"><see cref="Values"/>, <see cref="Gradients"/>, or a buffer laid out like them.</param>
    /// <param name="parameter">The parameter.</param>
    public static Tensor View(Tensor flat, TrainedParameter parameter)
    {
        ArgumentNullException.ThrowIfNull(flat);
        ArgumentNullException.ThrowIfNull(parameter);
        using Tensor part = flat.narrow(0, parameter.Offset, parameter.Count);
        return part.view([.. parameter.Shape]);
    }

    /// <summary>
    /// The parameters that have a gradient, as the longest stretches of neighbours that are alike.
    /// </summary>
    /// <param name="alike">Whether two parameters may share a stretch.</param>
    internal IEnumerable<ParameterRun> Runs(Func<TrainedParameter, TrainedParameter, bool> alike)
    {
        TrainedParameter? first = null, last = null;
        foreach (TrainedParameter parameter in All)
        {
            if (first is not null && !(parameter.HasGradient && first.Rows is null && parameter.Rows is null && IsMaster(first) == IsMaster(parameter) && alike(first, parameter)))
            {
                yield return new ParameterRun(first, last!);
                first = null;
            }

            if (parameter.HasGradient)
            {
                first ??= parameter;
            }

            last = parameter.HasGradient ? parameter : last;
        }

        if (first is not null)
        {
            yield return new ParameterRun(first, last!);
        }
    }

    /// <summary>Writes a stretch's values back to the parameters that are kept in a smaller type.</summary>
    internal void Round(ParameterRun run)
    {
        if (rounded is not null && IsMaster(run.First))
        {
            using Tensor target = rounded.narrow(0, run.Offset - roundedStart, run.Length);
            using Tensor source = Values.narrow(0, run.Offset, run.Length);
            target.copy_(source);
        }
    }

    /// <summary>Whether a parameter's values are kept in float32 beside a smaller copy that the model computes with.</summary>
    internal bool IsMaster(TrainedParameter parameter) => roundedStart >= 0 && parameter.Offset >= roundedStart;

    /// <inheritdoc/>
    public void Dispose()
    {
        // The parameters keep what they view alive; only the handles go.
        Values.Dispose();
        gradients.Dispose();
        rounded?.Dispose();
    }

    private static void Check(List<(string Name, Tensor Value)> named)
    {
        if (named.Count == 0)
        {
            throw new AttuneException(ExitCode.Usage, null, "nothing is trained: no parameter asks for a gradient", "choose a method that trains something");
        }

        var names = new HashSet<string>();
        var tensors = new HashSet<nint>();
        ScalarType? small = null;
        foreach ((string name, Tensor value) in named)
        {
            if (!names.Add(name) || !tensors.Add(value.Handle))
            {
                throw new AttuneException(ExitCode.Usage, name, "this parameter is among the trained ones twice", "a shared tensor is listed once");
            }

            if (value.dtype is not (ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16))
            {
                throw new AttuneException(ExitCode.Usage, name, $"a parameter of type {value.dtype} cannot be trained", "convert it to float32 or bfloat16");
            }

            if (!value.requires_grad || !value.is_leaf)
            {
                throw new AttuneException(ExitCode.Internal, name, "a trained parameter must be a leaf that asks for a gradient");
            }

            small ??= value.dtype == ScalarType.Float32 ? null : value.dtype;
            if (value.dtype != ScalarType.Float32 && value.dtype != small || value.device.ToString() != named[0].Value.device.ToString())
            {
                throw new AttuneException(ExitCode.Usage, name, "trained parameters must lie on one device, in float32 and at most one smaller type",
                    "load the model in one precision");
            }
        }
    }

    private void TakeOver(TrainedParameter parameter, long end)
    {
        using Tensor master = Values.narrow(0, parameter.Offset, parameter.Count);
        using Tensor flat = parameter.Value.detach().reshape(-1);
        master.copy_(flat);
        if (end > parameter.Offset + parameter.Count)
        {
            Values.narrow(0, parameter.Offset + parameter.Count, end - parameter.Offset - parameter.Count).zero_();
        }

        Tensor home = master;
        if (IsMaster(parameter))
        {
            home = rounded!.narrow(0, parameter.Offset - roundedStart, parameter.Count);
            home.copy_(flat);
        }

        parameter.Value.set_(home.view([.. parameter.Shape]));
    }
}
