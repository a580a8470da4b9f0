namespace Attune.Formats;

/// <summary>A safetensors file, mapped into memory and checked whole before it opens.</summary>
public sealed class Safetensors : ITensorSource
{
    private readonly MappedFile file;
    private readonly SafetensorsHeader header;

    private Safetensors(MappedFile file, SafetensorsHeader header)
    {
        this.file = file;
        this.header = header;
    }

    /// <inheritdoc/>
    public string Path => file.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => header.Tensors;

    /// <summary>The free text of <c>__metadata__</c>; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Opens a file. Time and memory depend on the number of tensors, not on their size.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">The file is not valid safetensors.</exception>
    /// <exception cref="AttuneException">The file is missing or cannot be read.</exception>
    public static Safetensors Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new Safetensors(file, SafetensorsHeader.Parse(file.Head(SafetensorsHeader.MaxLength + 8), file.Length, path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Read(string name, long offset, Span<byte> destination) => Span(name, offset, destination.Length).CopyTo(destination);

    /// <summary>A tensor's bytes in the file, valid until this is disposed. The address may be odd: read unaligned.</summary>
    internal ReadOnlySpan<byte> Span(string name) => Span(name, 0, checked((int)Find(name).ByteLength));

    /// <summary>Some of a tensor's bytes in the file.</summary>
    internal ReadOnlySpan<byte> Span(string name, long offset, int length)
    {
        var tensor = Find(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, tensor.ByteLength - offset);
        return file.Span(header.DataStart + header.Begins[name] + offset, length);
    }

    /// <summary>The address of a tensor's first byte, for tensors of any size; valid until this is disposed, perhaps odd.</summary>
    internal unsafe byte* Pointer(string name)
    {
        _ = Find(name);
        return file.Pointer(header.DataStart + header.Begins[name]);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private TensorInfo Find(string name) => header.Tensors.TryGetValue(name, out var tensor)
        ? tensor : throw new AttuneException(ExitCode.BadData, Path, $"has no tensor {Names.Quote(name)}");
}
