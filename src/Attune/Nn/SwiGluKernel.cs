using System.Numerics;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// silu(gate) * up and its gradients, each in one pass over memory, in float32 or bfloat16. <see cref="SwiGlu.Plain"/> and
/// <see cref="SwiGlu.PlainGradients"/> are the twins, and do what this cannot.
/// </summary>
internal static unsafe class SwiGluKernel
{
    // Elements of a piece when several threads share the work.
    private const long Piece = 1 << 16;

    /// <summary>Multiplies.</summary>
    /// <param name="gate">[tokens, width].</param>
    /// <param name="up">As <paramref name="gate"/>.</param>
    public static Tensor Forward(Tensor gate, Tensor up)
    {
        if (!TensorPointer.Suit(gate, up))
        {
            using var scope = NewDisposeScope();
            return SwiGlu.Plain(gate, up).MoveToOuterDisposeScope();
        }

        var output = empty_like(gate);
        if (gate.dtype == ScalarType.Float32)
        {
            Forward<Float32Element, float>(gate, up, output);
        }
        else
        {
            Forward<BFloat16Element, ushort>(gate, up, output);
        }

        return output;
    }

    /// <summary>The gradients of gate and up.</summary>
    /// <param name="gate">[tokens, width].</param>
    /// <param name="up">As <paramref name="gate"/>.</param>
    /// <param name="gradient">Of the output.</param>
    public static (Tensor Gate, Tensor Up) Backward(Tensor gate, Tensor up, Tensor gradient)
    {
        if (!TensorPointer.Suit(gate, up, gradient))
        {
            return SwiGlu.PlainGradients(gate, up, gradient);
        }

        var (ofGate, ofUp) = (empty_like(gate), empty_like(up));
        if (gate.dtype == ScalarType.Float32)
        {
            Backward<Float32Element, float>(gate, up, gradient, ofGate, ofUp);
        }
        else
        {
            Backward<BFloat16Element, ushort>(gate, up, gradient, ofGate, ofUp);
        }

        return (ofGate, ofUp);
    }

    private static void Forward<TElement, T>(Tensor gate, Tensor up, Tensor output)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        T* g = TensorPointer.Of<T>(gate), u = TensorPointer.Of<T>(up), y = TensorPointer.Of<T>(output);
        InPieces(gate.numel(), (at, count) => Multiply<TElement, T>(g + at, u + at, y + at, count));
        GC.KeepAlive(gate);
        GC.KeepAlive(up);
    }

    private static void Backward<TElement, T>(Tensor gate, Tensor up, Tensor gradient, Tensor ofGate, Tensor ofUp)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        T* g = TensorPointer.Of<T>(gate), u = TensorPointer.Of<T>(up), d = TensorPointer.Of<T>(gradient), dg = TensorPointer.Of<T>(ofGate), du = TensorPointer.Of<T>(ofUp);
        InPieces(gate.numel(), (at, count) => Differentiate<TElement, T>(g + at, u + at, d + at, dg + at, du + at, count));
        GC.KeepAlive(gate);
        GC.KeepAlive(up);
        GC.KeepAlive(gradient);
    }

    private static void InPieces(long count, Action<long, long> work)
    {
        long pieces = (count + Piece - 1) / Piece;
        if (pieces <= 1)
        {
            work(0, count);
            return;
        }

        Team.Run(pieces, piece => work(piece * Piece, Math.Min(Piece, count - (piece * Piece))));
    }

    private static void Multiply<TElement, T>(T* g, T* u, T* y, long count)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step;
        long i = 0;
        for (; i <= count - step; i += step)
        {
            var (gateLow, gateHigh) = TElement.LoadPairs(g + i);
            var (upLow, upHigh) = TElement.LoadPairs(u + i);
            TElement.StorePairs(y + i, gateLow * Sigmoid(gateLow) * upLow, gateHigh * Sigmoid(gateHigh) * upHigh);
        }

        for (; i < count; i++)
        {
            float gate = TElement.ToFloat(g[i]);
            y[i] = TElement.FromFloat(gate * Sigmoid(gate) * TElement.ToFloat(u[i]));
        }
    }

    private static void Differentiate<TElement, T>(T* g, T* u, T* d, T* dg, T* du, long count)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step;
        long i = 0;
        for (; i <= count - step; i += step)
        {
            var (gateLow, gateHigh) = TElement.LoadPairs(g + i);
            var (upLow, upHigh) = TElement.LoadPairs(u + i);
            var (low, high) = TElement.LoadPairs(d + i);
            Vector<float> sLow = Sigmoid(gateLow), sHigh = Sigmoid(gateHigh), siluLow = gateLow * sLow, siluHigh = gateHigh * sHigh;

            // d silu = s + silu (1 - s)
            TElement.StorePairs(dg + i, (sLow + (siluLow * (Vector<float>.One - sLow))) * upLow * low, (sHigh + (siluHigh * (Vector<float>.One - sHigh))) * upHigh * high);
            TElement.StorePairs(du + i, siluLow * low, siluHigh * high);
        }

        for (; i < count; i++)
        {
            float gate = TElement.ToFloat(g[i]), gradient = TElement.ToFloat(d[i]), s = Sigmoid(gate), silu = gate * s;
            dg[i] = TElement.FromFloat((s + (silu * (1 - s))) * TElement.ToFloat(u[i]) * gradient);
            du[i] = TElement.FromFloat(silu * gradient);
        }
    }

    private static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + VectorExp.Of(-x));

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
