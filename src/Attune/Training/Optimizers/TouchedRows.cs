using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>
/// Which rows of a matrix have a gradient, and which ever had one, where a step looks up a few of many: all others have a gradient and moments of
/// zero, and nobody need read them.
/// </summary>
internal sealed class TouchedRows
{
    private readonly bool[] isNow;
    private readonly bool[] ever;
    private readonly List<long> now = [];

    /// <summary>Creates it, nothing touched.</summary>
    /// <param name="parameter">A matrix.</param>
    public TouchedRows(TrainedParameter parameter)
    {
        Width = parameter.Count / parameter.Shape[0];
        isNow = new bool[parameter.Shape[0]];
        ever = new bool[parameter.Shape[0]];
    }

    /// <summary>Elements of a row.</summary>
    public long Width { get; }

    /// <summary>The rows that have a gradient, each once, in the order in which they came.</summary>
    public IReadOnlyList<long> Now => now;

    /// <summary>How many rows there are.</summary>
    public long Count => ever.Length;

    /// <summary>Whether rows may have been touched that it does not know of: as when it was created.</summary>
    public bool HasForgotten { get; set; } = true;

    /// <summary>Whether a row ever had one, now included.</summary>
    public bool IsEver(long row) => ever[row];

    /// <summary>Adds rows that have a gradient.</summary>
    /// <param name="rows">[n], int64, on the CPU, contiguous.</param>
    public unsafe void Add(Tensor rows)
    {
        foreach (long row in new ReadOnlySpan<long>(TensorPointer.Of<long>(rows), checked((int)rows.numel())))
        {
            if (!isNow[row])
            {
                isNow[row] = ever[row] = true;
                now.Add(row);
            }
        }

        GC.KeepAlive(rows);
    }

    /// <summary>No row has a gradient any more.</summary>
    public void Clear()
    {
        foreach (long row in now)
        {
            isNow[row] = false;
        }

        now.Clear();
    }

    /// <summary>Counts the rows as touched of which an optimizer remembers anything but zero.</summary>
    /// <param name="remembered">[rows, width], float32.</param>
    public void Remember(Tensor remembered)
    {
        using var scope = NewDisposeScope();
        bool[] any = remembered.ne(0).any(1).cpu().data<bool>().ToArray();
        for (int row = 0; row < any.Length; row++)
        {
            ever[row] |= any[row];
        }
    }
}
