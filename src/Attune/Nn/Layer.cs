namespace Attune.Nn;

/// <summary>
/// A part of a model: parameters and further parts under the names that the checkpoint uses, in the order in which they were added.
/// </summary>
public abstract class Layer : IDisposable
{
    private readonly List<(string Name, Parameter Parameter)> parameters = [];
    private readonly List<(string Name, Layer Layer)> layers = [];

    /// <summary>Adds a part under a name.</summary>
    /// <typeparam name="T">The part's type.</typeparam>
    /// <param name="name">As in the checkpoint, without the path above it.</param>
    /// <param name="layer">The part.</param>
    /// <returns>The part.</returns>
    protected T Add<T>(string name, T layer)
        where T : Layer
    {
        layers.Add((name, layer));
        return layer;
    }

    /// <summary>Adds an empty parameter under a name.</summary>
    /// <param name="name">As in the checkpoint, without the path above it.</param>
    /// <param name="shape">Row-major shape.</param>
    /// <returns>The parameter.</returns>
    protected Parameter AddParameter(string name, params long[] shape)
    {
        var parameter = new Parameter(shape);
        parameters.Add((name, parameter));
        return parameter;
    }

    /// <summary>Its own parameters, without those of its parts.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> OwnParameters => parameters;

    /// <summary>Its own parts, in the order in which they were added.</summary>
    internal IEnumerable<Layer> Children => layers.Select(child => child.Layer);

    /// <summary>All parameters, with their paths (<c>model.layers.0.mlp.up_proj.weight</c>).</summary>
    /// <param name="prefix">The path of this layer.</param>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters(string prefix = "") =>
        NamedLayers(prefix).SelectMany(named => named.Layer.parameters.Select(own => (Join(named.Name, own.Name), own.Parameter)));

    /// <summary>This layer and all within, with their paths, outer ones first.</summary>
    /// <param name="prefix">The path of this layer.</param>
    public IEnumerable<(string Name, Layer Layer)> NamedLayers(string prefix = "") =>
        layers.SelectMany(child => child.Layer.NamedLayers(Join(prefix, child.Name))).Prepend((prefix, this));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the parameters.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
        parameters.ForEach(own => own.Parameter.Dispose());
        layers.ForEach(child => child.Layer.Dispose());
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;
}

/// <summary>A list of equal parts, named by their numbers.</summary>
/// <typeparam name="T">The parts' type.</typeparam>
public sealed class LayerList<T> : Layer
    where T : Layer
{
    private readonly T[] items;

    /// <summary>Makes the parts.</summary>
    /// <param name="count">How many.</param>
    /// <param name="make">Makes the part of that number.</param>
    public LayerList(int count, Func<int, T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        items = new T[count];
        for (int i = 0; i < count; i++)
        {
            items[i] = Add(i.ToString(), make(i));
        }
    }

    /// <summary>The parts.</summary>
    public IReadOnlyList<T> Items => items;
}
