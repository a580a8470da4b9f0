using System.Numerics;
using System.Runtime.CompilerServices;

namespace Attune.Nn;

/// <summary>A kernel's float32 numbers on their way out of a tensor and into it.</summary>
internal static unsafe class KernelNumbers
{
    /// <summary>Reads elements as numbers.</summary>
    /// <param name="from">The elements.</param>
    /// <param name="to">Where the numbers go.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read<TElement, T>(T* from, float* to, long count)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step;
        long i = 0;
        for (; i <= count - step; i += step)
        {
            var (low, high) = TElement.Load(from + i);
            low.Store(to + i);
            high.Store(to + i + (step / 2));
        }

        for (; i < count; i++)
        {
            to[i] = TElement.ToFloat(from[i]);
        }
    }

    /// <summary>Writes numbers as elements.</summary>
    /// <param name="from">The numbers.</param>
    /// <param name="to">Where the elements go.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write<TElement, T>(float* from, T* to, long count)
        where TElement : struct, IKernelElement<T>
        where T : unmanaged
    {
        int step = IKernelElement<T>.Step;
        long i = 0;
        for (; i <= count - step; i += step)
        {
            TElement.Store(to + i, Vector.Load(from + i), Vector.Load(from + i + (step / 2)));
        }

        for (; i < count; i++)
        {
            to[i] = TElement.FromFloat(from[i]);
        }
    }
}
