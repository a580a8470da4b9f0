using Attune.Formats;
using Attune.Hub;
using Attune.Recipes;

namespace Attune.Models;

/// <summary>Where a recipe's or command's model lies on this machine: a path, a built-in one, or a hub id that is fetched first.</summary>
public static class ModelSources
{
    private const string Builtin = "builtin:";

    /// <summary>Finds what a source names.</summary>
    /// <param name="source">A folder, a .gguf file, <c>builtin:tiny</c>, <c>org/name</c> or <c>org/name/file.gguf</c>.</param>
    /// <param name="revision">On the hub: a branch, tag or commit; null: <c>main</c>.</param>
    /// <param name="progress">Told of downloads.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <returns>A folder or a .gguf file.</returns>
    /// <exception cref="AttuneException">There is nothing of that name.</exception>
    public static async Task<string> FindAsync(string source, string? revision = null, IProgress<HubProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        if (source.StartsWith(Builtin, StringComparison.Ordinal))
        {
            return BuiltinModels.Folder(source[Builtin.Length..]);
        }

        if (Pickle.IsNamed(source) && !Directory.Exists(source))
        {
            throw new AttuneException(ExitCode.MissingInput, source, "is a pickle by its name", Pickle.Cure);
        }

        if (Directory.Exists(source) || File.Exists(source))
        {
            return source;
        }

        if (source.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && source.Count(c => c is '/' or '\\') != 2 || Path.IsPathRooted(source) || source.StartsWith('.')
            || HubReference.TryParse(source) is not { } reference)
        {
            throw new AttuneException(ExitCode.MissingInput, source, "there is no such model folder or .gguf file", "give a folder, a .gguf file, builtin:tiny, or a hub id such as HuggingFaceTB/SmolLM2-135M-Instruct");
        }

        try
        {
            var hub = new HubClient();
            return reference.File is { } file
                ? await hub.FileAsync(reference.Repository, file, revision, progress, cancellationToken).ConfigureAwait(false)
                : await hub.SnapshotAsync(reference.Repository, revision, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (AttuneException e)
        {
            // A mistyped folder looks like a hub id: whoever meant a folder must hear that there is none.
            throw new AttuneException(e.ExitCode, source, "there is no such folder or file here, and as a model of the hub: " + e.Message, inner: e);
        }
    }

    /// <summary>What a recipe's section <c>model</c> names.</summary>
    internal static async Task<ModelText> OpenTextAsync(ModelOptions options, IProgress<HubProgress>? progress, CancellationToken cancellationToken)
    {
        if (options.Config is { } map)
        {
            byte[] json = System.Text.Encoding.UTF8.GetBytes(map.ToJson().ToJsonString());
            string tokenizer = options.Tokenizer
                ?? throw new AttuneException(ExitCode.Usage, "model.tokenizer", "is missing: a new model needs a tokenizer",
                    "give a folder, a tokenizer.json, or builtin:tiny");
            bool isBuiltin = tokenizer.StartsWith(Builtin, StringComparison.Ordinal);
            return ModelText.New(HuggingFaceConfig.Parse(json, "model.config"), isBuiltin ? BuiltinModels.Folder(tokenizer[Builtin.Length..])
                : tokenizer);
        }

        return ModelText.Open(await FindAsync(options.Source!, options.Revision, progress, cancellationToken).ConfigureAwait(false));
    }
}
