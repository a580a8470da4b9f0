using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>
/// Several adapters on one base model, which is in memory once. Some act on all tokens (their changes add up), or every row of a batch has its
/// own. Not to be used by several threads at once: whoever runs the model chooses just before.
/// </summary>
public sealed class AdapterSet : IDisposable
{
    /// <summary>The name of no adapter, in <see cref="Use(PackedRows, IReadOnlyList{string})"/>: the base model as it is.</summary>
    public const string Base = "__base__";

    private readonly PretrainedModel model;
    private readonly AdapterRouting routing = new();
    private readonly SortedDictionary<string, (IAdapterMethod Method, Attachment Parts)> adapters = new(StringComparer.Ordinal);

    /// <summary>Creates an empty set.</summary>
    /// <param name="model">The base, with nothing attached.</param>
    public AdapterSet(PretrainedModel model) => this.model = model;

    /// <summary>The adapters, sorted.</summary>
    public IReadOnlyCollection<string> Names => adapters.Keys;

    /// <summary>Opens a saved adapter. It does not act until it is chosen.</summary>
    /// <param name="name">What requests call it.</param>
    /// <param name="folder">A folder as PEFT writes it.</param>
    /// <param name="notices">Told what of the adapter is ignored, and whether it was made for another model; null: nobody asks.</param>
    /// <exception cref="AttuneException">The name is taken, or the adapter is absent, broken, or was made for another model.</exception>
    public void Add(string name, string folder, Notices? notices = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name == Base || adapters.ContainsKey(name))
        {
            throw new AttuneException(ExitCode.Usage, null, $"the adapter name {name} is taken", "choose another name");
        }

        var config = AdapterFiles.OpenConfig(folder);
        if (TuningMethods.FromConfig(config, AdapterFiles.Teller(notices)) is not IAdapterMethod method)
        {
            throw config.Error("peft_type", "is of a method that stands alone", "open it by itself, or merge it");
        }

        try
        {
            var parts = method.Prepare(model, seed: 0);
            method.Load(folder);
            AdapterFiles.TellOfOtherBase(folder, model, notices);
            foreach (var (_, trained) in method.Trainable)
            {
                trained.requires_grad_(false);
            }

            if (parts.Deltas.Any(one => one.Layer.Delta is not (null or RoutedDelta)))
            {
                throw new AttuneException(ExitCode.Usage, folder, "another adapter is attached to the model, outside the set", "merge or detach it first");
            }

            adapters.Add(name, (method, parts));
        }
        catch
        {
            method.Dispose();
            throw;
        }

        foreach (var (_, layer, delta) in adapters[name].Parts.Deltas)
        {
            var routed = layer.Delta as RoutedDelta ?? new RoutedDelta(routing);
            routed.ByAdapter.Add(name, delta);
            layer.Delta = routed;
        }
    }

    /// <summary>Takes an adapter away. None acts after that.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="AttuneException">There is none of this name.</exception>
    public void Remove(string name)
    {
        var (method, parts) = Find(name);
        Use();
        foreach (var (_, layer, _) in parts.Deltas)
        {
            if (layer.Delta is RoutedDelta routed && routed.ByAdapter.Remove(name) && routed.ByAdapter.Count == 0)
            {
                layer.Delta = null;
            }
        }

        adapters.Remove(name);
        method.Dispose();
    }

    /// <summary>Chooses which adapters act on all tokens: their changes add up.</summary>
    /// <param name="names">Of <see cref="Names"/>; none: the base model as it is.</param>
    /// <exception cref="AttuneException">There is none of a name, or two train the same parameter whole.</exception>
    public void Use(params IReadOnlyList<string> names)
    {
        var copies = names.Distinct().SelectMany(name => Find(name).Parts.Copies).ToList();
        if (copies.GroupBy(copy => copy.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new AttuneException(ExitCode.Usage, null, $"{string.Join(" and ", names)} both bring their own {twice.Key}", "use one of them");
        }

        foreach (var (_, place, _) in adapters.Values.SelectMany(adapter => adapter.Parts.Copies))
        {
            place.Replace(null);
        }

        copies.ForEach(copy => copy.Place.Replace(copy.Copy));
        routing.Use([.. names.Distinct()]);
    }

    /// <summary>Chooses one adapter for each row of the batch that the model runs next, of as many tokens a row.</summary>
    /// <param name="rows">The batch.</param>
    /// <param name="names">One of <see cref="Names"/>, or <see cref="Base"/>, for each row.</param>
    /// <exception cref="AttuneException">There is none of a name, or one trains parameters whole, which rows cannot share.</exception>
    public void Use(PackedRows rows, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(names);
        ArgumentOutOfRangeException.ThrowIfNotEqual(names.Count, rows.Lengths.Count);
        foreach (string name in names.Where(name => name != Base).Distinct())
        {
            if (Find(name).Parts.Copies.Count > 0)
            {
                throw new AttuneException(ExitCode.Usage, null, $"{name} trains parts of the model whole (modules_to_save or biases), which rows with other adapters cannot share", "run its rows by themselves");
            }
        }

        Use();
        routing.UseByRow([.. names.Select(name => name == Base ? null : name)], rows.Lengths);
    }

    /// <summary>Folds adapters into the base, one after the other, and takes them away. None acts after that.</summary>
    /// <param name="names">Of <see cref="Names"/>.</param>
    /// <exception cref="AttuneException">There is none of a name, or one cannot be merged; nothing was changed then.</exception>
    public void Merge(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var chosen = names.Distinct().Select(name => (Name: name, Find(name).Parts)).ToList();
        chosen.ForEach(adapter => adapter.Parts.CheckMergeable());
        Use(names);
        Use();
        chosen.ForEach(adapter => adapter.Parts.Merge());
        chosen.ForEach(adapter => Remove(adapter.Name));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (string name in Names.ToList())
        {
            Remove(name);
        }
    }

    private (IAdapterMethod Method, Attachment Parts) Find(string name) => adapters.TryGetValue(name, out var found) ? found
        : throw new AttuneException(ExitCode.Usage, null, $"there is no adapter {name}", adapters.Count == 0 ? "none is loaded" : NearestName.Hint(name, Names));
}
