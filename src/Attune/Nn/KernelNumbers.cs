using System.Numerics;
using System.Runtime.CompilerServices;

namespace Attune.Nn;

/// <summary>A kernel's float32 numbers on their way into a tensor.</summary>
internal static unsafe class KernelNumbers
{
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
