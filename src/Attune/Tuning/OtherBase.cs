using System.Buffers.Binary;
using Attune.Formats;
using Attune.Native;
using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>Whether a model that an adapter names is another than the one at hand, as far as this machine can tell.</summary>
internal static class OtherBase
{
    private const int Sample = 64;

    /// <summary>Compares samples of the weights, where the named model is a folder that lies here.</summary>
    /// <param name="named">As the adapter names it.</param>
    /// <param name="model">The model at hand.</param>
    /// <returns>False also where nobody can tell.</returns>
    public static bool Differs(string named, PretrainedModel model)
    {
        if (!File.Exists(Path.Combine(named, "config.json")) || (model.NameOrPath is { } own && Real(named) == Real(own)))
        {
            return false;
        }

        try
        {
            using var source = ShardedSafetensors.OpenFolder(named);
            var head = model.Head?.NamedParameters().Select(one => one.Parameter).ToHashSet() ?? [];
            return model.NamedParameters().Where(one => !one.Parameter.IsTied && !head.Contains(one.Parameter)).Any(one => Differs(source, one.Name, one.Parameter));
        }
        catch (AttuneException)
        {
            return false; // What cannot be opened cannot be compared.
        }
    }

    // Types that round in another way are compared with nothing.
    private static bool Differs(ITensorSource source, string name, Parameter parameter)
    {
        if (!source.Tensors.TryGetValue(name, out var info) || info.Type is not (ElementType.F32 or ElementType.BF16) || !info.Shape.SequenceEqual(parameter.Shape)
            || parameter.StoredType is not (null or "F32" or "BF16") || parameter.BaseType is not (ScalarType.Float32 or ScalarType.BFloat16))
        {
            return false;
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var flat = parameter.ReadBase().reshape(-1);
        int count = (int)Math.Min(Sample, info.Count);
        foreach (long start in new[] { 0, (info.Count - count) / 2, info.Count - count })
        {
            float[] mine = TensorMemory.ToFloats(flat.narrow(0, start, count)), its = Read(source, info, start, count);
            if (mine.Zip(its).Any(pair => Math.Abs(pair.First - pair.Second) > Math.Abs(pair.First) / 64))
            {
                return true;
            }
        }

        return false;
    }

    private static float[] Read(ITensorSource source, TensorInfo info, long start, int count)
    {
        int size = info.Type == ElementType.F32 ? 4 : 2;
        byte[] bytes = new byte[count * size];
        source.Read(info.Name, start * size, bytes);
        return [.. Enumerable.Range(0, count).Select(i => size == 4 ? BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * i))
            : BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(2 * i)) << 16))];
    }

    private static string Real(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        FileSystemInfo info = Directory.Exists(full) ? new DirectoryInfo(full) : new FileInfo(full);
        return info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
    }
}
