using System.Numerics;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>silu(gate) * up without gradients in one pass over memory. <see cref="SwiGlu.Plain"/> is its twin, and does what this cannot.</summary>
internal static unsafe class SwiGluKernel
{
    // Elements of a piece when several threads share the work.
    private const long Piece = 1 << 16;

    /// <summary>Multiplies.</summary>
    /// <param name="gate">[tokens, width].</param>
    /// <param name="up">As <paramref name="gate"/>.</param>
    public static Tensor Forward(Tensor gate, Tensor up)
    {
        if (gate.dtype != ScalarType.Float32 || up.dtype != ScalarType.Float32 || !TensorPointer.IsReachable(gate) || !TensorPointer.IsReachable(up))
        {
            using var scope = NewDisposeScope();
            return SwiGlu.Plain(gate, up).MoveToOuterDisposeScope();
        }

        var output = empty_like(gate);
        long count = gate.numel(), pieces = (count + Piece - 1) / Piece;
        float* g = TensorPointer.Of<float>(gate), u = TensorPointer.Of<float>(up), y = TensorPointer.Of<float>(output);
        if (pieces == 1)
        {
            Multiply(g, u, y, count);
        }
        else
        {
            Parallel.For(0, pieces, piece => Multiply(g + (piece * Piece), u + (piece * Piece), y + (piece * Piece), Math.Min(Piece, count - (piece * Piece))));
        }

        GC.KeepAlive(gate);
        GC.KeepAlive(up);
        return output;
    }

    private static void Multiply(float* g, float* u, float* y, long count)
    {
        int step = Vector<float>.Count;
        long i = 0;
        for (; i <= count - step; i += step)
        {
            var gate = Vector.Load(g + i);
            (gate / (Vector<float>.One + Vector.Exp(-gate)) * Vector.Load(u + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = g[i] / (1 + MathF.Exp(-g[i])) * u[i];
        }
    }
}
