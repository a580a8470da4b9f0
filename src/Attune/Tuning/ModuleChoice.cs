using System.Text.RegularExpressions;
using Attune.Nn;

namespace Attune.Tuning;

/// <summary>Which layers a method adapts, by PEFT's rules.</summary>
/// <param name="Targets">The layers.</param>
/// <param name="Exclude">Of these, the ones left alone; null: none.</param>
/// <param name="Layers">The numbers of the blocks that count; null: all.</param>
/// <param name="LayersPattern">What the list of blocks is called (<c>layers</c>, <c>h</c>): regular expressions; empty: any name.</param>
/// <param name="ModulesToSave">What is trained whole, and so not adapted.</param>
internal sealed partial record ModuleChoice(
    ModuleList Targets, ModuleList? Exclude, IReadOnlyList<int>? Layers, IReadOnlyList<string> LayersPattern, IReadOnlyList<string> ModulesToSave)
{
    private readonly Func<string, bool>? named = Layers is null || LayersPattern.Count == 0 ? null
        : ModulePattern.Compile($@"(.*?\.)?({string.Join('|', LayersPattern)})\.({string.Join('|', Layers)})\..*", Targets.Place);

    /// <summary>The layers with their paths, in the model's order.</summary>
    /// <exception cref="AttuneException">There are none, or one cannot be adapted.</exception>
    public IReadOnlyList<(string Path, Layer Layer)> Select(PretrainedModel model)
    {
        var chosen = model.NamedLayers().Where(named => Matches(model, named.Name, named.Layer)).ToList();
        if (chosen.Count == 0)
        {
            var leaves = model.NamedLayers().Where(named => named.Layer is IAdaptable).Select(named => named.Name.Split('.')[^1]).Distinct();
            throw new AttuneException(ExitCode.Usage, Targets.Place, "matches no module of the model", $"it has {string.Join(", ", leaves)}");
        }

        return chosen.FirstOrDefault(named => named.Layer is not IAdaptable) is (string path, not null)
            ? throw new AttuneException(ExitCode.Usage, Targets.Place, $"matches {path}, which is neither a projection nor an embedding", "name the layers within")
            : chosen;
    }

    /// <summary>The paths as adapter_config.json names them: their ends where these mean no other layer.</summary>
    public static IReadOnlyList<string> Shorten(PretrainedModel model, IReadOnlyCollection<string> paths)
    {
        var leaves = paths.Select(path => path.Split('.')[^1]).Distinct().ToHashSet();
        bool unique = model.NamedLayers().All(named => !leaves.Contains(named.Name.Split('.')[^1]) || paths.Contains(named.Name));
        return [.. (unique ? leaves : paths).Order(StringComparer.Ordinal)];
    }

    private bool Matches(PretrainedModel model, string path, Layer layer)
    {
        if (path.Length == 0 || Exclude?.Matches(path) == true || ModulesToSave.Any(name => $".{path}.".Contains($".{name}.", StringComparison.Ordinal)))
        {
            return false;
        }

        return (Targets.AllLinear ? layer is Projection && layer != model.Head : Targets.Matches(path)) && IsInLayers(path);
    }

    private bool IsInLayers(string path)
    {
        if (Layers is null || named is not null)
        {
            return Layers is null || named!(path);
        }

        // The first number counts: a later one may be an expert's.
        var first = Numbered().Match(path);
        return first.Success && int.TryParse(first.Groups[1].Value, out int number) && Layers.Contains(number);
    }

    [GeneratedRegex(@"\.([0-9]+)\.")]
    private static partial Regex Numbered();
}
