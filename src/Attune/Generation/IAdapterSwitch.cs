namespace Attune.Generation;

/// <summary>Lets a request name the adapter that answers it, of several on one base model.</summary>
public interface IAdapterSwitch
{
    /// <summary>The adapters' names.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Makes an adapter answer until the result is disposed. Called on the engine's thread only.</summary>
    /// <param name="name">One of <see cref="Names"/>; null: the base model alone.</param>
    IDisposable Use(string? name);
}
