using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>
/// What an adapter adds to a model, whatever the method: deltas on layers, and trained copies that stand in for some of the model's own
/// parameters. Attached and taken off, listed under PEFT's names, and merged.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="place">The settings, for messages.</param>
internal sealed class Attachment(PretrainedModel model, string place) : IDisposable
{
    private const string Prefix = "base_model.model.";

    // Of these PEFT saves the base weights too.
    private static readonly string[] SavedBases = ["embed_tokens", "lm_head"];

    private readonly List<(string Path, IAdaptable Layer, TrainedDelta Delta)> deltas = [];
    private readonly List<(string Name, Parameter Place, Tensor Copy)> copies = [];
    private readonly List<(string Module, string Name)> biasesOfWhole = [];

    /// <summary>The model.</summary>
    public PretrainedModel Model { get; } = model;

    /// <summary>The deltas with their layers and these layers' paths.</summary>
    public IReadOnlyList<(string Path, IAdaptable Layer, TrainedDelta Delta)> Deltas => deltas;

    /// <summary>The copies with what they stand in for, and its name in the checkpoint.</summary>
    public IReadOnlyList<(string Name, Parameter Place, Tensor Copy)> Copies => copies;

    /// <summary>What is trained, under the names of the adapter's file.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Trainable =>
    [
        .. deltas.SelectMany(one => one.Delta.Tensors.Select(own => ($"{Prefix}{one.Path}.{own.Name}", own.Tensor))),
        .. copies.Select(copy => (FileName(copy.Name), copy.Copy)),
    ];

    /// <summary>What the adapter's file holds besides, for the caller's dispose scope.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Given =>
        [.. deltas.Where(one => SavedBases.Contains(one.Path.Split('.')[^1])).Select(one => ($"{Prefix}{one.Path}.base_layer.weight", one.Layer.Weight.ReadBase()))];

    /// <summary>
    /// What PEFT writes once more of modules that are trained whole where all biases are trained, for the caller's dispose scope: each bias under the
    /// name that it has inside of PEFT's model, and the one that it stands in for. Nothing reads them.
    /// </summary>
    public IReadOnlyList<(string Name, Tensor Tensor, string? SameAs)> Echoes =>
    [
        .. biasesOfWhole.SelectMany(bias =>
        {
            var (name, place, copy) = copies.First(one => one.Name == bias.Name);
            string rest = name[bias.Module.Length..];
            return new (string, Tensor, string?)[]
            {
                ($"{Prefix}{bias.Module}.modules_to_save{rest}", copy, FileName(name)),
                ($"{Prefix}{bias.Module}.original_module{rest}", place.ReadBase(), null),
            };
        }),
    ];

    /// <summary>Whether an adapter file's name means a parameter of the model itself.</summary>
    public bool IsOfBase(string name)
    {
        string plain = name.Replace(Prefix, "", StringComparison.Ordinal).Replace(".base_layer.", ".", StringComparison.Ordinal);
        return Model.NamedParameters().Any(named => named.Name == plain);
    }

    /// <summary>Adds a delta.</summary>
    public void Add(string path, IAdaptable layer, TrainedDelta delta) => deltas.Add((path, layer, delta));

    /// <summary>Adds a trained float32 copy of a parameter.</summary>
    public void AddCopy(string name, Parameter parameter)
    {
        if (copies.All(copy => copy.Name != name))
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            copies.Add((name, parameter, parameter.ReadBase().detach().to(float32, copy: true).DetachFromDisposeScope().requires_grad_(true)));
        }
    }

    /// <summary>Remembers a bias of a module that is trained whole, of which there is a copy, where all biases are trained: see <see cref="Echoes"/>.</summary>
    public void AddBiasOfWhole(string module, string name)
    {
        if (!biasesOfWhole.Exists(bias => bias.Name == name))
        {
            biasesOfWhole.Add((module, name));
        }
    }

    /// <summary>Puts everything in its place.</summary>
    /// <exception cref="AttuneException">Something else is there.</exception>
    public void Install()
    {
        if (deltas.Any(one => one.Layer.Delta is not null) || copies.Any(copy => copy.Place.Replacement is not null))
        {
            throw new AttuneException(ExitCode.Usage, place, "another adapter is attached to the model", "merge or detach it first, or put both into an AdapterSet");
        }

        deltas.ForEach(one => one.Layer.Delta = one.Delta);
        copies.ForEach(copy => copy.Place.Replace(copy.Copy));
    }

    /// <summary>Takes everything off that is in its place.</summary>
    public void Detach()
    {
        foreach (var (_, layer, _) in deltas.Where(one => one.Layer.Delta == one.Delta))
        {
            layer.Delta = null;
        }

        foreach (var (_, parameter, _) in copies.Where(copy => ReferenceEquals(copy.Place.Replacement, copy.Copy)))
        {
            parameter.Replace(null);
        }
    }

    /// <summary>Refuses what cannot be merged.</summary>
    /// <exception cref="AttuneException">A parameter would change in more than the place that was trained, or lacks a place for the change.</exception>
    public void CheckMergeable()
    {
        var names = Model.NamedParameters().ToList();
        foreach (var parameter in deltas.Select(one => one.Layer.Weight).Concat(copies.Select(copy => copy.Place)))
        {
            var sharing = names.Where(named => ReferenceEquals(named.Parameter.Owner, parameter.Owner)).Select(named => named.Name).ToList();
            if (sharing.Count > 1)
            {
                throw new AttuneException(ExitCode.Usage, place, $"cannot be merged: {string.Join(" and ", sharing)} are one tensor, of which one place only was trained",
                    "use the adapter beside the model, or leave these modules out");
            }
        }

        if (deltas.Find(one => one.Delta.ChangesBias && BiasOf(one.Layer) is null) is (string path, not null, not null))
        {
            throw new AttuneException(ExitCode.Usage, place, $"cannot be merged: {path} has no bias that could take the change's bias", "use the adapter beside the model");
        }
    }

    /// <summary>Folds everything into the model's own parameters and detaches.</summary>
    /// <exception cref="AttuneException">As <see cref="CheckMergeable"/>; nothing was changed then.</exception>
    public void Merge()
    {
        CheckMergeable();
        Detach();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (_, parameter, copy) in copies)
        {
            Set(parameter, copy.detach());
        }

        foreach (var (_, layer, delta) in deltas)
        {
            Set(layer.Weight, layer.Weight.Base.to(float32) + delta.WeightChange());
            if (delta.BiasChange() is { } change)
            {
                Set(BiasOf(layer)!, BiasOf(layer)!.Base.to(float32) + change);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Detach();
        deltas.ForEach(one => one.Delta.Dispose());
        copies.ForEach(copy => copy.Copy.Dispose());
    }

    private static Parameter? BiasOf(IAdaptable layer) => (layer as Projection)?.Bias;

    private static void Set(Parameter parameter, Tensor value) => parameter.Set(value.to(parameter.Base.dtype, copy: true));

    // A parameter of an adapted layer lies one step deeper in PEFT's model.
    private string FileName(string name)
    {
        int dot = name.LastIndexOf('.');
        return Prefix + (deltas.Any(one => one.Path == name[..dot]) ? $"{name[..dot]}.base_layer{name[dot..]}" : name);
    }
}
