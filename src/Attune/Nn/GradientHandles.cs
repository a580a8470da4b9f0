using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// The handles of the gradients that the last function of this thread's backward pass returned. libtorch takes its own references when the function
/// has returned, and says nothing; that it asks for the next function is the sign that it has.
/// </summary>
internal static class GradientHandles
{
    [ThreadStatic]
    private static Tensor?[]? returned;

    /// <summary>Frees the last ones and keeps these.</summary>
    /// <param name="gradients">What a function is about to return.</param>
    public static void Replace(Tensor?[] gradients)
    {
        Release();
        foreach (var gradient in gradients)
        {
            gradient?.DetachFromDisposeScope();
        }

        returned = gradients;
    }

    /// <summary>Frees the last ones: the backward pass is over.</summary>
    public static void Release()
    {
        foreach (var gradient in returned ?? [])
        {
            gradient?.Dispose();
        }

        returned = null;
    }
}
