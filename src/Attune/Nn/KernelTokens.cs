using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>What kernels that go over tensors token by token have in common.</summary>
internal static class KernelTokens
{
    // Tokens below which one thread does the work.
    private const long WorthSharing = 64;

    /// <summary>Whether a kernel can work on these: float32 or bfloat16, all of one type, in memory that it can reach.</summary>
    public static bool Suit(params ReadOnlySpan<Tensor> tensors)
    {
        foreach (var tensor in tensors)
        {
            if (tensor.dtype is not (ScalarType.Float32 or ScalarType.BFloat16) || tensor.dtype != tensors[0].dtype || !TensorPointer.IsReachable(tensor))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Does the work of every token, over all cores where they are many.</summary>
    public static void Each(long tokens, Action<long> work)
    {
        if (tokens >= WorthSharing)
        {
            Parallel.For(0, tokens, work);
            return;
        }

        for (long token = 0; token < tokens; token++)
        {
            work(token);
        }
    }
}
