using Attune.Models;
using Attune.Tuning;

namespace Attune.Generation;

/// <summary>A model, or an adapter with the model that it was made for, opened by name.</summary>
/// <param name="Model">The model.</param>
/// <param name="Adapter">What acts on it; null: nothing.</param>
internal sealed record OpenedSource(OpenModel Model, ITuningMethod? Adapter) : IDisposable
{
    /// <summary>Opens it.</summary>
    /// <param name="source">A model (a folder in Hugging Face's layout, a .gguf file, <c>builtin:tiny</c> or a hub id) or an adapter's folder in PEFT's layout.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    public static async Task<OpenedSource> OpenAsync(string source, CancellationToken cancellationToken)
    {
        string? adapter = AdapterFiles.IsAdapter(source) ? source : null;
        string path = await ModelSources.FindAsync(adapter is null ? source : AdapterFiles.BaseModel(adapter), null, null, cancellationToken).ConfigureAwait(false);
        Native.Libtorch.Load();
        var model = ModelText.Open(path).For(adapter).Load(TorchSharp.torch.float32, TorchSharp.torch.float32);
        try
        {
            return new OpenedSource(model, adapter is null ? null : TuningMethods.Open(adapter, model.Weights));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Adapter?.Dispose();
        Model.Dispose();
    }
}
