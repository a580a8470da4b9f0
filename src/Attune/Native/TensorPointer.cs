using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Native;

/// <summary>A tensor's memory for kernels in C#. TorchSharp's own span ends at 2 GiB.</summary>
internal static unsafe partial class TensorPointer
{
    /// <summary>Whether a kernel may work on a tensor's memory: it lies on the CPU, row-major and without gaps.</summary>
    public static bool IsReachable(Tensor tensor) => tensor.device_type == DeviceType.CPU && tensor.is_contiguous();

    /// <summary>Whether a kernel that computes in float32 can work on these: float32 or bfloat16, all of one type, and reachable.</summary>
    public static bool Suit(params ReadOnlySpan<Tensor> tensors)
    {
        foreach (var tensor in tensors)
        {
            if (tensor.dtype is not (ScalarType.Float32 or ScalarType.BFloat16) || tensor.dtype != tensors[0].dtype || !IsReachable(tensor))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The address of a tensor's first element. Keep the tensor alive while it is used.</summary>
    /// <typeparam name="T">The elements' type: float, double, long, int, byte, or ushort for bfloat16 and float16.</typeparam>
    /// <param name="tensor">A tensor of that type for which <see cref="IsReachable"/> is true.</param>
    public static T* Of<T>(Tensor tensor)
        where T : unmanaged
    {
        if (!IsReachable(tensor) || tensor.element_size() != Unsafe.SizeOf<T>())
        {
            throw new ArgumentException($"A kernel for {typeof(T).Name} was given a tensor of {tensor.dtype} on {tensor.device}, contiguous: {tensor.is_contiguous()}.");
        }

        return (T*)Data(tensor.Handle);
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nint Data(nint tensor);
}
