using System.Runtime.InteropServices;

namespace Attune.Formats;

/// <summary>A GGUF file, mapped into memory: metadata, and tensors that are dequantised as they are read.</summary>
public sealed class Gguf : ITensorSource
{
    private readonly MappedFile file;
    private readonly GgufDirectory directory;
    private readonly Dictionary<string, TensorInfo> tensors;

    private Gguf(MappedFile file, GgufDirectory directory)
    {
        this.file = file;
        this.directory = directory;
        tensors = directory.Tensors.ToDictionary(entry => entry.Key, entry => entry.Value.Info, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public string Path => file.Path;

    /// <summary>2 or 3.</summary>
    public int Version => directory.Version;

    /// <summary>
    /// The metadata. Values are <see cref="bool"/>, the integers of 8 to 64 bits, <see cref="float"/>, <see cref="double"/>, <see cref="string"/>,
    /// arrays of these (<c>int[]</c>, <c>string[]</c>, …), and for arrays of arrays <c>object[]</c>.
    /// </summary>
    public IReadOnlyDictionary<string, object> Metadata => directory.Metadata;

    /// <summary>The tensors under the file's own names, shapes row-major (the reverse of how GGUF stores them), quantised types as float32.</summary>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => tensors;

    /// <summary>Where a tensor must begin: every multiple of so many bytes.</summary>
    internal int Alignment => directory.Alignment;

    /// <summary>Opens a file of version 2 or 3, of either byte order.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">The file is not valid GGUF.</exception>
    /// <exception cref="AttuneException">The file is missing or cannot be read.</exception>
    public static Gguf Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new Gguf(file, GgufDirectory.Parse(file.Head(), file.Length, path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Read(string name, long offset, Span<byte> destination)
    {
        var tensor = Tensor(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, tensor.Info.ByteLength - offset);
        if (tensor.Type.Dequantize is null)
        {
            file.Span(tensor.Offset + offset, destination.Length).CopyTo(destination);
            if (directory.BigEndian)
            {
                Endianness.Reverse(destination, tensor.Type.Type.Size());
            }
        }
        else
        {
            Dequantize(tensor, offset / sizeof(float), MemoryMarshal.Cast<byte, float>(destination));
        }
    }

    /// <summary>A tensor's entry in the directory.</summary>
    internal GgufTensor Tensor(string name) => directory.Tensors.TryGetValue(name, out var tensor)
        ? tensor : throw new AttuneException(ExitCode.BadData, Path, $"has no tensor {Names.Quote(name)}");

    /// <summary>Some of a tensor's bytes as they are in the file (quantised), valid until this is disposed.</summary>
    internal ReadOnlySpan<byte> Raw(string name, long offset, int length)
    {
        var tensor = Tensor(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, tensor.ByteLength - offset);
        return file.Span(tensor.Offset + offset, length);
    }

    /// <summary>All of a tensor's bytes as they are in the file (quantised), valid until this is disposed.</summary>
    internal ReadOnlySpan<byte> Raw(string name) => Raw(name, 0, checked((int)Tensor(name).ByteLength));

    /// <summary>The address of a tensor's first byte in the file, for tensors of any size; valid until this is disposed.</summary>
    internal unsafe byte* Pointer(string name) => file.Pointer(Tensor(name).Offset);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    // Whole blocks go straight to their place; a block of which only a part is wanted goes through the stack.
    private void Dequantize(GgufTensor tensor, long element, Span<float> values)
    {
        var type = tensor.Type;
        Span<float> partial = stackalloc float[type.BlockElements];
        while (!values.IsEmpty)
        {
            long block = element / type.BlockElements;
            int skipped = (int)(element % type.BlockElements);
            int whole = values.Length / type.BlockElements;
            int done;
            if (skipped == 0 && whole > 0)
            {
                done = whole * type.BlockElements;
                type.Dequantize!(file.Span(tensor.Offset + (block * type.BlockBytes), whole * type.BlockBytes), values[..done]);
            }
            else
            {
                done = Math.Min(type.BlockElements - skipped, values.Length);
                type.Dequantize!(file.Span(tensor.Offset + (block * type.BlockBytes), type.BlockBytes), partial);
                partial.Slice(skipped, done).CopyTo(values);
            }

            values = values[done..];
            element += done;
        }
    }
}
