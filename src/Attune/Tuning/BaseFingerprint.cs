using System.Security.Cryptography;
using System.Text;
using Attune.Formats;
using Attune.Native;
using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>
/// What tells a base model from another of the same shapes: a hash over its parameters' names and shapes and a sample of their values,
/// rounded to bfloat16, so that it is the same whether the base is kept in float32 or bfloat16, and from whichever file it was opened. Vectors
/// and matrices have one each, for a GGUF file quantises matrices alone; values that a file rounds in another way (float16, quantised) are
/// compared with their like only. The head is left out: it may be tied, or begun anew by a task.
/// </summary>
/// <param name="Vectors">The types in the file, and the hash.</param>
/// <param name="Matrices">The same of parameters of more than one dimension.</param>
internal sealed record BaseFingerprint(string Vectors, string Matrices)
{
    private const string VectorsKey = "attune_base_vectors";
    private const string MatricesKey = "attune_base_matrices";
    private const int Sample = 256;
    private static readonly string[] Exact = ["F32", "BF16"];

    /// <summary>As it stands among an adapter file's metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata => new SortedDictionary<string, string>(StringComparer.Ordinal) { [VectorsKey] = Vectors, [MatricesKey] = Matrices };

    /// <summary>A model's own.</summary>
    public static BaseFingerprint Of(PretrainedModel model)
    {
        var head = model.Head?.NamedParameters().Select(named => named.Parameter).ToHashSet() ?? [];
        var counted = model.NamedParameters().Where(named => !named.Parameter.IsTied && !head.Contains(named.Parameter)).OrderBy(named => named.Name, StringComparer.Ordinal).ToList();
        return new BaseFingerprint(
            Hash(counted.Where(named => named.Parameter.Shape.Count <= 1)),
            Hash(counted.Where(named => named.Parameter.Shape.Count > 1)));
    }

    /// <summary>The one that an adapter's file records; null where it does not (PEFT's do not).</summary>
    public static BaseFingerprint? Find(ITensorSource source) =>
        source is Safetensors { Metadata: var metadata } && metadata.TryGetValue(VectorsKey, out string? vectors) && metadata.TryGetValue(MatricesKey, out string? matrices)
            ? new BaseFingerprint(vectors, matrices) : null;

    /// <summary>Whether both may be of one model: what can be compared is equal.</summary>
    public bool MayBe(BaseFingerprint other) => MayBe(Vectors, other.Vectors) && MayBe(Matrices, other.Matrices);

    private static bool MayBe(string one, string other) => one == other || !AreComparable(Types(one), Types(other));

    private static bool AreComparable(string[] one, string[] other) => one.SequenceEqual(other) || one.Concat(other).All(Exact.Contains);

    private static string[] Types(string fingerprint) => fingerprint.Split(' ')[0].Split(',');

    private static string Hash(IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var values = new MemoryStream();
        var types = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (name, parameter) in parameters)
        {
            types.Add(TypeOf(parameter));
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} [{string.Join(", ", parameter.Shape)}]\n"));
            values.SetLength(0);
            long step = Math.Max(1, parameter.Count / Sample), count = Math.Min(Sample, parameter.Count);
            using var own = NewDisposeScope();
            TensorMemory.Write(parameter.ReadBase().reshape(-1).slice(0, 0, step * count, step), bfloat16, values);
            hash.AppendData(values.GetBuffer().AsSpan(0, (int)values.Length));
        }

        return $"{(types.Count == 0 ? Exact[0] : string.Join(",", types))} {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    // Weights kept in float16 here were rounded once more where their file has another type.
    private static string TypeOf(Parameter parameter)
    {
        string kept = TensorMemory.TypeOf(parameter.BaseType).ToString();
        string stored = parameter.StoredType ?? kept;
        return stored == kept || Exact.Contains(kept) ? stored : $"{stored}-{kept}";
    }
}
