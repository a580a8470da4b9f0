using Attune.Formats;
using Attune.Models;
using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>Whether a model that an adapter names is another than the one at hand, as far as this machine can tell.</summary>
internal static class OtherBase
{
    /// <summary>Compares weights, where the named model lies here.</summary>
    /// <param name="named">A folder, a .gguf file, <c>builtin:tiny</c> or a hub id.</param>
    /// <param name="model">The model at hand.</param>
    /// <returns>False also where nobody can tell.</returns>
    public static bool Differs(string named, PretrainedModel model)
    {
        if (Find(named) is not { } path || (model.NameOrPath is { } own && IsSame(path, Find(own) ?? own)))
        {
            return false;
        }

        try
        {
            using var other = ModelLoader.Load(path, null, bfloat16, model.Device).Weights;
            return !BaseFingerprint.Of(other).MayBe(BaseFingerprint.Of(model));
        }
        catch (AttuneException)
        {
            return false; // What cannot be opened cannot be compared.
        }
    }

    // A hub id is not fetched for this: only what is there already is looked at.
    private static string? Find(string name)
    {
        if (name.StartsWith("builtin:", StringComparison.Ordinal))
        {
            return BuiltinModels.Names.Contains(name["builtin:".Length..]) ? BuiltinModels.Folder(name["builtin:".Length..]) : null;
        }

        bool isModel = Directory.Exists(name) ? File.Exists(Path.Combine(name, "config.json")) : File.Exists(name) && name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);
        return isModel ? name : null;
    }

    private static bool IsSame(string one, string other) => Real(one) == Real(other);

    private static string Real(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        FileSystemInfo info = Directory.Exists(full) ? new DirectoryInfo(full) : new FileInfo(full);
        return info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
    }
}
