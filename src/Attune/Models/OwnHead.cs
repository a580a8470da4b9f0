using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>
/// A head of its own in a checkpoint whose config ties the head to the embedding. Where both are equal nothing is lost; where they differ the
/// checkpoint is right: the head was trained apart.
/// </summary>
internal static class OwnHead
{
    private const int Slice = 1 << 20;
    private const string Key = "tie_word_embeddings";

    /// <summary>The tensor of a head whose values are not those of the tensor that it is tied to; null: there is none.</summary>
    /// <param name="model">The model that the config describes.</param>
    /// <param name="source">The checkpoint.</param>
    /// <param name="nameOf">The parameter that a tensor of the checkpoint belongs to.</param>
    public static string? Find(TextModel model, ITensorSource source, Func<string, string?> nameOf)
    {
        var parameters = model.NamedParameters().ToList();
        var tied = parameters.Where(named => named.Parameter.IsTied).ToList();
        if (tied.Count == 0)
        {
            return null;
        }

        var tensors = source.Tensors.Keys.Select(tensor => (Tensor: tensor, Name: nameOf(tensor))).Where(pair => !string.IsNullOrEmpty(pair.Name))
            .DistinctBy(pair => pair.Name).ToDictionary(pair => pair.Name!, pair => pair.Tensor);
        foreach (var (name, parameter) in tied)
        {
            string? owner = parameters.FirstOrDefault(named => !named.Parameter.IsTied && ReferenceEquals(named.Parameter, parameter.Owner)).Name;
            if (owner is not null && tensors.TryGetValue(name, out string? head) && tensors.TryGetValue(owner, out string? embedding) && !AreEqual(source, head, embedding))
            {
                return head;
            }
        }

        return null;
    }

    /// <summary>The config of the same model with a head of its own.</summary>
    public static HuggingFaceConfig Untied(HuggingFaceConfig config) => config.With([new(Key, JsonValue.Create(false))]);

    private static bool AreEqual(ITensorSource source, string one, string other)
    {
        var (a, b) = (source.Tensors[one], source.Tensors[other]);
        if (!a.Shape.SequenceEqual(b.Shape))
        {
            return false;
        }

        if (a.Type != b.Type)
        {
            using var scope = NewDisposeScope();
            return TensorMemory.ToFloats(TensorMemory.Read(source, one, float32, CPU).eq(TensorMemory.Read(source, other, float32, CPU)).all())[0] != 0;
        }

        byte[] mine = new byte[Slice], its = new byte[Slice];
        for (long at = 0; at < a.ByteLength; at += Slice)
        {
            int length = (int)Math.Min(Slice, a.ByteLength - at);
            source.Read(one, at, mine.AsSpan(0, length));
            source.Read(other, at, its.AsSpan(0, length));
            if (!mine.AsSpan(0, length).SequenceEqual(its.AsSpan(0, length)))
            {
                return false;
            }
        }

        return true;
    }
}
