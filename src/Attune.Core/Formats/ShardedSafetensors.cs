namespace Attune.Formats;

/// <summary>Tensors spread over several safetensors files, as an index beside them says.</summary>
public sealed class ShardedSafetensors : ITensorSource
{
    private readonly Dictionary<string, Safetensors> shards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Safetensors> places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);

    private ShardedSafetensors(string path) => Path = path;

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => tensors;

    /// <summary>Opens the weights of a model folder: <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> names.</summary>
    /// <param name="folder">A folder in Hugging Face layout.</param>
    /// <param name="stem">The file's name before <c>.safetensors</c>.</param>
    /// <exception cref="AttuneException">There are no weights, only pickled ones, or they are not valid.</exception>
    public static ITensorSource OpenFolder(string folder, string stem = "model")
    {
        if (!Directory.Exists(folder))
        {
            throw new AttuneException(ExitCode.MissingInput, folder, "there is no such folder");
        }

        string single = System.IO.Path.Combine(folder, stem + ".safetensors");
        string index = single + ".index.json";
        if (File.Exists(single))
        {
            return Safetensors.Open(single);
        }

        if (File.Exists(index))
        {
            return OpenIndex(index);
        }

        throw Pickle.Find(folder) is { } pickle
            ? new AttuneException(ExitCode.MissingInput, pickle, "is the only form of the weights here", Pickle.Cure)
            : new AttuneException(ExitCode.MissingInput, folder, $"has neither {stem}.safetensors nor {stem}.safetensors.index.json", "give a folder with the weights, or fetch the model again");
    }

    /// <summary>Opens the shards that an index names; they lie beside it. A tensor that the index does not list is not there.</summary>
    /// <param name="path">The <c>*.safetensors.index.json</c>.</param>
    /// <exception cref="AttuneException">The index or a shard is not valid, or a tensor is not where the index says.</exception>
    public static ShardedSafetensors OpenIndex(string path)
    {
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        var sharded = new ShardedSafetensors(path);
        try
        {
            foreach (var (name, file) in SafetensorsIndex.Read(path))
            {
                if (!sharded.shards.TryGetValue(file, out var shard))
                {
                    sharded.shards.Add(file, shard = Safetensors.Open(SafePath.Under(folder, file)));
                }

                if (!shard.Tensors.TryGetValue(name, out var tensor))
                {
                    throw new FormatException(path, -1, $"weight_map[{Names.Quote(name)}] names {file}, which does not hold that tensor");
                }

                sharded.places.Add(name, shard);
                sharded.tensors.Add(name, tensor);
            }
        }
        catch
        {
            sharded.Dispose();
            throw;
        }

        return sharded;
    }

    /// <inheritdoc/>
    public void Read(string name, long offset, Span<byte> destination) => Shard(name).Read(name, offset, destination);

    /// <summary>The file that holds a tensor.</summary>
    internal Safetensors Shard(string name) => places.TryGetValue(name, out var shard)
        ? shard : throw new AttuneException(ExitCode.BadData, Path, $"has no tensor {Names.Quote(name)}");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shard in shards.Values)
        {
            shard.Dispose();
        }
    }
}
