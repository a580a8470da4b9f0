using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Native;
using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>An adapter's folder in PEFT's layout: adapter_config.json and adapter_model.safetensors.</summary>
internal static class AdapterFiles
{
    /// <summary>The settings' file.</summary>
    public const string ConfigName = "adapter_config.json";

    private const string Stem = "adapter_model";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Whether a folder is an adapter's.</summary>
    public static bool IsAdapter(string folder) => File.Exists(Path.Combine(folder, ConfigName));

    /// <summary>The model that an adapter was made for, by path or hub id.</summary>
    public static string BaseModel(string folder) => OpenConfig(folder).FindString("base_model_name_or_path")
        ?? throw new AttuneException(ExitCode.Usage, folder, "the adapter does not say which model it was made for", "name the base model, or write it into adapter_config.json as base_model_name_or_path");

    /// <summary>Reads the settings of an adapter's folder.</summary>
    public static HuggingFaceConfig OpenConfig(string folder)
    {
        string path = Path.Combine(folder, ConfigName);
        return File.Exists(path) ? HuggingFaceConfig.OpenAny(path)
            : throw new AttuneException(ExitCode.MissingInput, path, "is absent", "an adapter's folder holds adapter_config.json and adapter_model.safetensors");
    }

    /// <summary>Writes a folder: the tensors, then the settings.</summary>
    /// <param name="folder">Made where it is absent.</param>
    /// <param name="tensors">What it holds.</param>
    /// <param name="config">The settings.</param>
    /// <param name="baseModel">The model that it was made for, to be known again; null: not told.</param>
    public static void Save(string folder, IEnumerable<(string Name, Tensor Tensor)> tensors, JsonObject config, PretrainedModel? baseModel = null)
    {
        var metadata = baseModel is null ? null : BaseFingerprint.Of(baseModel).Metadata;
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(Path.Combine(folder, Stem + ".safetensors"), tensors.Select(named => TensorMemory.ToWrite(named.Name, named.Tensor, named.Tensor.dtype)), metadata);
        AtomicFile.WriteAllText(Path.Combine(folder, ConfigName), config.ToJsonString(Indented) + "\n");
    }

    /// <summary>Reads a folder's tensors into those of the same names, all or none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="places">Every tensor that the file must hold.</param>
    /// <param name="given">Tensors of the base that it may hold too, and which it must agree with.</param>
    /// <param name="isOfBase">Whether a name is that of a base weight, for the message.</param>
    /// <param name="baseModel">The model that it is loaded onto: where the file tells its own, both must agree.</param>
    /// <param name="echoes">Tensors that it may hold too and that nothing reads, each perhaps with the tensor of the file that it must be the same as.</param>
    public static void Load(
        string folder, IReadOnlyList<(string Name, Tensor Tensor)> places, IReadOnlyList<(string Name, Tensor Tensor)> given, Func<string, bool> isOfBase,
        PretrainedModel baseModel,
        IReadOnlyList<(string Name, Tensor Tensor, string? SameAs)>? echoes = null)
    {
        using var source = ShardedSafetensors.OpenFolder(folder, Stem);
        var wanted = places.ToDictionary(place => place.Name, place => place.Tensor);
        var known = given.Concat((echoes ?? []).Select(echo => (echo.Name, echo.Tensor))).ToDictionary(place => place.Item1, place => place.Item2);
        foreach (var info in source.Tensors.Values)
        {
            if (!wanted.TryGetValue(info.Name, out var place) && !known.TryGetValue(info.Name, out place))
            {
                throw isOfBase(info.Name) ? Refuse(source, info.Name, "is a weight of the model itself, which these settings do not train", "list it under modules_to_save, or remove it")
                    : Refuse(source, info.Name, "belongs to no part of this model under these settings", "the adapter was made for another model, or with other settings");
            }

            if (!place.shape.AsSpan().SequenceEqual(info.Shape.ToArray()))
            {
                throw Refuse(source, info.Name, $"has shape [{string.Join(", ", info.Shape)}], this model wants [{string.Join(", ", place.shape)}]", "the adapter was made for another model");
            }
        }

        if (wanted.Keys.FirstOrDefault(name => !source.Tensors.ContainsKey(name)) is { } missing)
        {
            throw new Formats.FormatException(source.Path, -1, $"lacks {Names.Quote(missing)}", "the file is incomplete, or of other settings");
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (name, tensor) in given.Where(place => source.Tensors.ContainsKey(place.Name)))
        {
            CheckSame(source, name, tensor);
        }

        foreach (var (name, _, sameAs) in (echoes ?? []).Where(echo => echo.SameAs is not null && source.Tensors.ContainsKey(echo.Name)))
        {
            if (!source.ReadFloats(name).AsSpan().SequenceEqual(source.ReadFloats(sameAs!)))
            {
                throw Refuse(source, name, $"differs from {Names.Quote(sameAs!)}, of which it is a copy", "save the adapter again with PEFT");
            }
        }

        CheckBase(folder, source, baseModel);
        var read = places.Select(place => (place.Tensor, Value: ReadFinite(source, place.Name, place.Tensor))).ToList();
        read.ForEach(pair => pair.Tensor.copy_(pair.Value));
    }

    /// <summary>
    /// Says where an adapter that does not record what its base is (PEFT's do not) was made for another model: two ids of the hub that differ, or
    /// weights that differ, where both lie on this machine. An id and a folder tell nothing: one model may have both.
    /// </summary>
    /// <param name="folder">The adapter's folder.</param>
    /// <param name="model">The model that it was loaded onto.</param>
    /// <param name="notices">Told so; null: nobody asks.</param>
    public static void TellOfOtherBase(string folder, PretrainedModel model, Notices? notices)
    {
        if (notices is null || model.NameOrPath is not { } own || OpenConfig(folder).FindString("base_model_name_or_path") is not { Length: > 0 } named || BaseNames.MayBeAlike(named, own))
        {
            return;
        }

        using var source = ShardedSafetensors.OpenFolder(folder, Stem);
        if (BaseFingerprint.Find(source) is not null)
        {
            return;
        }

        bool areIds = BaseNames.HubId(named) is not null && BaseNames.HubId(own) is not null;
        if (areIds || OtherBase.Differs(named, model))
        {
            notices.Add("other-base", $"the adapter was made for {Names.Quote(named)} and is used with {Names.Quote(own)}, {(areIds ? "another model" : "whose weights differ")}",
                Path.Combine(folder, ConfigName), "use it with the model that it was made for");
        }
    }

    /// <summary>What takes down the settings of an adapter that are ignored.</summary>
    public static Action<string>? Teller(Notices? notices) =>
        notices is null ? null : text => notices.Add("adapter-settings-ignored", n => $"{Words.Count(n, "setting")} of the adapter {Words.Of(n, "is", "are")} ignored", text);

    private static void CheckBase(string folder, ITensorSource source, PretrainedModel model)
    {
        if (BaseFingerprint.Find(source) is { } recorded && !recorded.MayBe(BaseFingerprint.Of(model)))
        {
            string? named = OpenConfig(folder).FindString("base_model_name_or_path");
            throw new Formats.FormatException(source.Path, -1, "was trained on another model of the same shapes: the weights differ from those whose fingerprint it records",
                named is null ? "use it with the model that it was trained on" : $"use it with {Names.Quote(named)} as that was when the adapter was trained");
        }
    }

    private static Tensor ReadFinite(ITensorSource source, string name, Tensor place)
    {
        var value = TensorMemory.Read(source, name, place.dtype, place.device);
        return IsTrue(value.isfinite().all()) ? value : throw Refuse(source, name, "holds values that are not finite", "the training that made it went wrong");
    }

    // The base may be kept in bfloat16 here and was in float32 there, or the other way round.
    private static void CheckSame(ITensorSource source, string name, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var value = TensorMemory.Read(source, name, float32, tensor.device);
        var own = tensor.to(float32);
        if (!IsTrue((value - own).abs().max() <= own.abs().max() / 64))
        {
            throw Refuse(source, name, "differs from the model's own", "the adapter was made for another model");
        }
    }

    private static bool IsTrue(Tensor condition) => TensorMemory.ToFloats(condition)[0] != 0;

    private static Formats.FormatException Refuse(ITensorSource source, string name, string problem, string cure) => new(source.Path, -1, $"{Names.Quote(name)} {problem}", cure);
}
