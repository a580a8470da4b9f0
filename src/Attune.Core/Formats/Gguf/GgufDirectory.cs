using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Attune.Formats;

/// <summary>A GGUF file's metadata and tensor list, checked whole before anything is used.</summary>
internal sealed class GgufDirectory
{
    private const int MaxDimensions = 4;
    private const int MaxDepth = 16;
    private const int LongestName = 1024;
    private const int DefaultAlignment = 32;
    private const int TensorMemory = (2 * 56) + 48 + 56 + (4 * 8); // Entry before and after it is placed, TensorInfo, shape, a place in a growing list.
    private const int MaxAlignment = 1 << 20;
    private static readonly object True = true;
    private static readonly object False = false;

    private readonly string file;
    private readonly long fileLength;
    private readonly MemoryBudget budget;
    private readonly List<GgufTensor> listed = [];

    private GgufDirectory(string file, long fileLength)
    {
        this.file = file;
        this.fileLength = fileLength;
        budget = new MemoryBudget(file, fileLength);
    }

    public int Version { get; private set; }

    public bool BigEndian { get; private set; }

    public int Alignment { get; private set; } = DefaultAlignment;

    public Dictionary<string, object> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The tensors in file order.</summary>
    public Dictionary<string, GgufTensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <param name="head">The file, or its first 2 GB.</param>
    /// <param name="fileLength">The file's length.</param>
    /// <param name="file">The file, for messages.</param>
    public static GgufDirectory Parse(ReadOnlySpan<byte> head, long fileLength, string file)
    {
        var directory = new GgufDirectory(file, fileLength);
        var reader = new ByteReader(head, file);
        if (!reader.Bytes(4, "the magic GGUF").SequenceEqual("GGUF"u8))
        {
            string? cure = head.StartsWith("version https://git-lfs"u8) ? "this is a Git LFS pointer: fetch the real file with git lfs pull" : null;
            throw new FormatException(file, 0, "is no GGUF file", cure);
        }

        uint version = reader.U32("the version");
        directory.BigEndian = version is 2u << 24 or 3u << 24;
        directory.Version = (int)(directory.BigEndian ? version >> 24 : version);
        if (directory.Version is not (2 or 3))
        {
            throw new FormatException(file, 4, $"has GGUF version {version}; 2 and 3 can be read");
        }

        reader = new ByteReader(head[8..], file, 8, directory.BigEndian);
        directory.Read(ref reader);
        return directory;
    }

    private void Read(ref ByteReader reader)
    {
        // The smallest tensor entry: name length, number of dimensions, type, offset. The smallest metadata entry: key length, type, one byte.
        int tensorCount = reader.Count(reader.U64("the number of tensors"), 24, "the tensor list");
        int entryCount = reader.Count(reader.U64("the number of metadata entries"), 13, "the metadata");
        for (int i = 0; i < entryCount; i++)
        {
            ReadEntry(ref reader);
        }

        CheckMetadata();
        for (int i = 0; i < tensorCount; i++)
        {
            ReadTensor(ref reader);
        }

        Place(reader.Offset);
    }

    private void ReadEntry(ref ByteReader reader)
    {
        long at = reader.Offset;
        string key = ReadText(ref reader, "a metadata key");
        uint type = reader.U32("a metadata type");
        budget.Take(MemoryBudget.DictionaryEntry + 24, at);
        object value = ReadValue(ref reader, type, key, 0);
        if (!Metadata.TryAdd(key, value))
        {
            throw new FormatException(file, at, $"the metadata key {Names.Quote(key)} stands twice");
        }
    }

    private object ReadValue(ref ByteReader reader, uint type, string key, int depth)
    {
        return type switch
        {
            0 => reader.U8(key),
            1 => (sbyte)reader.U8(key),
            2 => reader.U16(key),
            3 => (short)reader.U16(key),
            4 => reader.U32(key),
            5 => (int)reader.U32(key),
            6 => reader.F32(key),
            7 => ReadBool(ref reader, key) ? True : False,
            8 => ReadText(ref reader, key),
            9 => ReadArray(ref reader, key, depth),
            10 => reader.U64(key),
            11 => (long)reader.U64(key),
            12 => reader.F64(key),
            _ => throw reader.Error($"{Names.Plain(key)} has the unknown type {type}"),
        };
    }

    private object ReadArray(ref ByteReader reader, string key, int depth)
    {
        if (depth == MaxDepth)
        {
            throw reader.Error($"the arrays of {Names.Quote(key)} are nested more than {MaxDepth} deep");
        }

        uint type = reader.U32(key);
        ulong declared = reader.U64(key);
        switch (type)
        {
            case 0: return Numbers<byte>(ref reader, declared, key);
            case 1: return Numbers<sbyte>(ref reader, declared, key);
            case 2: return Numbers<ushort>(ref reader, declared, key);
            case 3: return Numbers<short>(ref reader, declared, key);
            case 4: return Numbers<uint>(ref reader, declared, key);
            case 5: return Numbers<int>(ref reader, declared, key);
            case 6: return Numbers<float>(ref reader, declared, key);
            case 10: return Numbers<ulong>(ref reader, declared, key);
            case 11: return Numbers<long>(ref reader, declared, key);
            case 12: return Numbers<double>(ref reader, declared, key);
            case 7:
                var flags = new bool[Sized(ref reader, declared, 1, 1, key)];
                for (int i = 0; i < flags.Length; i++)
                {
                    flags[i] = ReadBool(ref reader, key);
                }

                return flags;
            case 8:
                var strings = new string[Sized(ref reader, declared, 8, 8, key)];
                for (int i = 0; i < strings.Length; i++)
                {
                    strings[i] = ReadText(ref reader, key);
                }

                return strings;
            case 9:
                var arrays = new object[Sized(ref reader, declared, 12, 8, key)];
                for (int i = 0; i < arrays.Length; i++)
                {
                    arrays[i] = ReadArray(ref reader, key, depth + 1);
                }

                return arrays;
            default:
                throw reader.Error($"{Names.Plain(key)} has elements of the unknown type {type}");
        }
    }

    // The count, once it is certain that so many elements can follow and that memory may be taken for them.
    private int Sized(ref ByteReader reader, ulong declared, int fileSize, int memorySize, string what)
    {
        int count = reader.Count(declared, fileSize, what);
        budget.Take(24 + ((long)count * memorySize), reader.Offset);
        return count;
    }

    private T[] Numbers<T>(ref ByteReader reader, ulong declared, string what)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        var values = new T[Sized(ref reader, declared, size, size, what)];
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        reader.Bytes((ulong)bytes.Length, what).CopyTo(bytes);
        if (BigEndian)
        {
            Endianness.Reverse(bytes, size);
        }

        return values;
    }

    private static bool ReadBool(ref ByteReader reader, string what) => reader.U8(what) switch
    {
        0 => false,
        1 => true,
        byte other => throw reader.Error($"{Names.Plain(what)} is a truth value of {other}, not 0 or 1"),
    };

    private string ReadText(ref ByteReader reader, string what)
    {
        ulong length = reader.U64(what);
        if (length > (ulong)reader.Remaining)
        {
            throw reader.Error($"{Names.Plain(what)} would be {length} bytes long, but {reader.Remaining} are left");
        }

        budget.Take(MemoryBudget.StringOverhead + (2L * (long)length), reader.Offset);
        return reader.Text(length, what);
    }

    private void CheckMetadata()
    {
        if (!Metadata.TryGetValue("general.architecture", out object? architecture) || architecture is not string)
        {
            throw new FormatException(file, -1, "general.architecture is missing or no string");
        }

        if (Metadata.TryGetValue("general.alignment", out object? alignment))
        {
            if (alignment is not uint value || !BitOperations.IsPow2(value) || value > MaxAlignment)
            {
                throw new FormatException(file, -1, $"general.alignment must be a power of two up to {MaxAlignment}, an unsigned 32-bit number");
            }

            Alignment = (int)value;
        }

        if (Metadata.TryGetValue("split.count", out object? split) && split is not (ushort)0 and not (ushort)1)
        {
            throw new FormatException(file, -1, "is one part of a model that was split into several files", "join them with llama.cpp's gguf-split --merge");
        }
    }

    private void ReadTensor(ref ByteReader reader)
    {
        long at = reader.Offset;
        string name = ReadText(ref reader, "a tensor's name");
        if (name.Length > LongestName)
        {
            throw new FormatException(file, at, $"a tensor's name is longer than {LongestName} characters: {Names.Quote(name)}");
        }

        uint dimensions = reader.U32("the number of dimensions");
        if (dimensions > MaxDimensions)
        {
            throw reader.Error($"tensor {Names.Quote(name)} has {dimensions} dimensions; at most {MaxDimensions} are allowed");
        }

        var shape = new long[dimensions];
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            shape[axis] = (long)reader.U64("a dimension");
        }

        uint typeId = reader.U32("a tensor's type");
        ulong offset = reader.U64("a tensor's offset");
        var type = GgufType.Find(typeId) ?? throw new FormatException(file, at, $"tensor {Names.Quote(name)} has the unknown or removed type {typeId}");
        if (!ElementTypes.TryCount(shape, out long count) || count > long.MaxValue / 16)
        {
            throw new FormatException(file, at, $"the shape [{string.Join(", ", shape)}] of tensor {Names.Quote(name)} is negative or beyond 63 bits");
        }

        if ((shape.Length == 0 ? 1 : shape[^1]) % type.BlockElements != 0)
        {
            throw new FormatException(file, at, $"rows of tensor {Names.Quote(name)} are no multiple of the {type.BlockElements} elements of a {type.Name} block");
        }

        if (BigEndian && type.Dequantize is not null)
        {
            throw new FormatException(file, at, $"tensor {Names.Quote(name)} is quantised in a big-endian file", "convert the file with gguf-convert-endian");
        }

        budget.Take(TensorMemory + (2 * MemoryBudget.DictionaryEntry), at);
        var tensor = new GgufTensor(new TensorInfo(name, type.Type, shape), type, (long)offset, count / type.BlockElements * type.BlockBytes);
        if (!Tensors.TryAdd(name, tensor))
        {
            throw new FormatException(file, at, $"tensor {Names.Quote(name)} stands twice");
        }

        listed.Add(tensor);
    }

    // Tensors follow each other in the order of the list, each at the next multiple of the alignment: neither holes nor overlaps.
    private void Place(long end)
    {
        long start = Align(end);
        long place = 0;
        foreach (var tensor in listed)
        {
            if (tensor.Offset != place)
            {
                throw new FormatException(file, -1, $"tensor {Names.Quote(tensor.Info.Name)} lies at {(ulong)tensor.Offset} of the data, expected at {place}");
            }

            if (tensor.ByteLength > fileLength - start - place)
            {
                throw new FormatException(
                    file, fileLength, $"the file ends within tensor {Names.Quote(tensor.Info.Name)}, which needs {tensor.ByteLength} bytes from byte {start + place} on",
                    "the file was cut off: fetch it again");
            }

            Tensors[tensor.Info.Name] = tensor with { Offset = start + place };
            place = Align(place + tensor.ByteLength);
        }
    }

    private long Align(long offset) => (offset + Alignment - 1) & -(long)Alignment;
}
