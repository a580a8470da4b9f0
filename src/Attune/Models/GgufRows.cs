using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>
/// The order of rows in query and key matrices: llama.cpp turns neighbouring pairs, transformers halves. Row h*hd + 2i + j of the file is row
/// h*hd + j*hd/2 + i in transformers.
/// </summary>
internal static class GgufRows
{
    public static Tensor ToHuggingFace(Tensor tensor, int heads) => Swap(tensor, heads, fromPairs: true);

    public static Tensor ToGguf(Tensor tensor, int heads) => Swap(tensor, heads, fromPairs: false);

    private static Tensor Swap(Tensor tensor, int heads, bool fromPairs)
    {
        using var scope = NewDisposeScope();
        long half = tensor.size(0) / heads / 2;
        long[] rest = tensor.shape[1..];
        var view = fromPairs ? tensor.view([heads, half, 2, .. rest]) : tensor.view([heads, 2, half, .. rest]);
        return view.transpose(1, 2).reshape(tensor.shape).contiguous().DetachFromDisposeScope();
    }
}
