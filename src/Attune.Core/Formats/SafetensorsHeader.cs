using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Attune.Formats;

/// <summary>
/// A safetensors file's directory, checked whole before anything is used: every byte of the data belongs to exactly one tensor.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The longest header, as in the reference.</summary>
    public const int MaxLength = 100_000_000;

    private const int LengthField = 8;
    private const int MaxDimensions = 64;
    private const int TensorMemory = 48 + 24 + (4 * 16); // TensorInfo, the shape's head, a range in a growing list.

    private readonly string file;
    private readonly long dataLength;
    private readonly MemoryBudget budget;
    private readonly List<(long Begin, long End)> ranges = [];
    private readonly long[] numbers = new long[MaxDimensions];
    private bool metadataSeen;

    private SafetensorsHeader(string file, long dataStart, long fileLength)
    {
        this.file = file;
        DataStart = dataStart;
        dataLength = fileLength - dataStart;
        budget = new MemoryBudget(file, fileLength);
    }

    /// <summary>The tensors in the order of the header.</summary>
    public Dictionary<string, TensorInfo> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Where each tensor's data begins, counted from <see cref="DataStart"/>.</summary>
    public Dictionary<string, long> Begins { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public long DataStart { get; }

    /// <param name="head">The file's beginning: the whole header, or all there is.</param>
    /// <param name="fileLength">The file's length.</param>
    /// <param name="file">The file, for messages.</param>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> head, long fileLength, string file)
    {
        if (fileLength < LengthField)
        {
            throw new FormatException(file, 0, $"is no safetensors file: {fileLength} bytes are too few", Guess(head));
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(head);
        if (length > MaxLength || (long)length > fileLength - LengthField)
        {
            string why = length > MaxLength ? $"more than the {MaxLength} allowed" : $"but the file has {fileLength - LengthField} after its length";
            throw new FormatException(file, 0, $"is no safetensors file: its header would be {length} bytes, {why}", Guess(head));
        }

        var json = head.Slice(LengthField, (int)length);
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw new FormatException(file, LengthField, "the header does not begin with {", Guess(head));
        }

        if (!Utf8.IsValid(json))
        {
            throw new FormatException(file, LengthField, "the header is not UTF-8");
        }

        var header = new SafetensorsHeader(file, LengthField + (long)length, fileLength);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        try
        {
            header.ReadEntries(ref reader);
            while (reader.Read())
            {
                // Only white space may follow; the reader itself refuses the rest.
            }
        }
        catch (JsonException exception)
        {
            throw new FormatException(file, LengthField + reader.BytesConsumed, "the header is not JSON: " + exception.Message, inner: exception);
        }

        header.CheckLayout();
        return header;
    }

    private void ReadEntries(ref Utf8JsonReader reader)
    {
        reader.Read();
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string name = Text(ref reader);
            if (name == "__metadata__")
            {
                ReadMetadata(ref reader);
            }
            else
            {
                ReadTensor(ref reader, name);
            }
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (metadataSeen)
        {
            throw Error(ref reader, "__metadata__ stands twice");
        }

        metadataSeen = true;
        Expect(ref reader, JsonTokenType.StartObject, "an object of strings", "__metadata__");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string key = Text(ref reader);
            Expect(ref reader, JsonTokenType.String, "a string", "__metadata__", key);
            budget.Take(MemoryBudget.DictionaryEntry, At(ref reader));
            if (!Metadata.TryAdd(key, Text(ref reader)))
            {
                throw Error(ref reader, $"__metadata__[{Quote(key)}] stands twice");
            }
        }
    }

    private void ReadTensor(ref Utf8JsonReader reader, string name)
    {
        ElementType? type = null;
        long[]? shape = null;
        long begin = -1, end = -1;
        Expect(ref reader, JsonTokenType.StartObject, "an object", "tensor", name);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"u8) && type is null)
            {
                Expect(ref reader, JsonTokenType.String, "a string", "dtype", name);
                type = SafetensorsTypes.Parse(ref reader) ?? throw Error(ref reader, $"tensor {Quote(name)} has the unknown dtype {Quote(Text(ref reader))}");
            }
            else if (reader.ValueTextEquals("shape"u8) && shape is null)
            {
                shape = ReadNumbers(ref reader, MaxDimensions, "shape", name).ToArray();
            }
            else if (reader.ValueTextEquals("data_offsets"u8) && begin < 0)
            {
                var offsets = ReadNumbers(ref reader, 2, "data_offsets", name);
                (begin, end) = offsets.Length == 2 ? (offsets[0], offsets[1]) : throw Error(ref reader, $"data_offsets of tensor {Quote(name)} must be two numbers");
            }
            else
            {
                throw Error(ref reader, $"tensor {Quote(name)} has the field {Quote(Text(ref reader))}, which is unknown or stands twice");
            }
        }

        if (type is null || shape is null || begin < 0)
        {
            string missing = type is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw Error(ref reader, $"tensor {Quote(name)} has no {missing}");
        }

        if (begin > end || end > dataLength)
        {
            throw Error(ref reader, $"tensor {Quote(name)} lies at {begin} to {end}, but the data has {dataLength} bytes");
        }

        if (!ElementTypes.TryCount(shape, out long elements) || elements > long.MaxValue / 8 || Overflows(shape))
        {
            throw Error(ref reader, $"the shape [{string.Join(", ", shape)}] of tensor {Quote(name)} is beyond 63 bits");
        }

        if (elements * type.Value.Size() != end - begin)
        {
            throw Error(ref reader, $"tensor {Quote(name)} has {end - begin} bytes, but its dtype and shape need {elements * type.Value.Size()}");
        }

        budget.Take(TensorMemory + (8 * shape.Length) + (2 * MemoryBudget.DictionaryEntry), At(ref reader));
        if (!Tensors.TryAdd(name, new TensorInfo(name, type.Value, shape)))
        {
            throw Error(ref reader, $"tensor {Quote(name)} stands twice");
        }

        Begins.Add(name, begin);
        ranges.Add((begin, end));
    }

    // The reference multiplies from the left and refuses an overflow even where a zero follows.
    private static bool Overflows(ReadOnlySpan<long> shape)
    {
        long product = 1;
        foreach (long size in shape)
        {
            if (size != 0 && product > long.MaxValue / size)
            {
                return true;
            }

            product *= size;
        }

        return false;
    }

    // Texts of errors are made only where there is one: a file may have a million tensors.
    private ReadOnlySpan<long> ReadNumbers(ref Utf8JsonReader reader, int most, string field, string name)
    {
        Expect(ref reader, JsonTokenType.StartArray, "a list of numbers", field, name);
        int count = 0;
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
            {
                throw Error(ref reader, $"{field} of tensor {Quote(name)} must hold whole numbers from 0 to 2^63 - 1");
            }

            if (count == most)
            {
                throw Error(ref reader, $"{field} of tensor {Quote(name)} has more than {most} entries");
            }

            numbers[count++] = number;
        }

        return numbers.AsSpan(0, count);
    }

    // Neither hole nor overlap: sorted by place, each tensor begins where the one before it ends. That the bytes in the file
    // are all spoken for also keeps it from being another format at the same time.
    private void CheckLayout()
    {
        ranges.Sort();
        long place = 0;
        foreach (var (begin, end) in ranges)
        {
            if (begin != place)
            {
                string problem = begin < place ? "tensors overlap" : "bytes belong to no tensor";
                throw new FormatException(file, DataStart + Math.Min(begin, place), problem);
            }

            place = end;
        }

        if (place != dataLength)
        {
            throw new FormatException(file, DataStart + place, $"{dataLength - place} bytes follow the last tensor");
        }
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string wanted, string field, string? name = null)
    {
        if (Next(ref reader) != type)
        {
            throw Error(ref reader, $"{field}{(name is null ? "" : " " + Quote(name))} must be {wanted}");
        }
    }

    // Halves of surrogate pairs are found here, before anything looks into a string.
    private JsonTokenType Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
        {
            BoundedJson.CheckText(ref reader, file, LengthField);
        }

        return reader.TokenType;
    }

    private string Text(ref Utf8JsonReader reader)
    {
        budget.Take(MemoryBudget.StringOverhead + (2L * reader.ValueSpan.Length), At(ref reader));
        return reader.GetString()!;
    }

    private static long At(ref Utf8JsonReader reader) => LengthField + reader.TokenStartIndex;

    private FormatException Error(ref Utf8JsonReader reader, string problem) => new(file, At(ref reader), problem);

    /// <summary>A name from the file as it may stand in a message.</summary>
    private static string Quote(string name) => Names.Quote(name);

    private static string? Guess(ReadOnlySpan<byte> head) =>
        head.StartsWith("GGUF"u8) ? "this is a GGUF file: give it a name that ends in .gguf"
        : head.StartsWith("PK"u8) || head.StartsWith((ReadOnlySpan<byte>)[0x80, 0x02]) ? Pickle.Cure
        : head.StartsWith("version https://git-lfs"u8) ? "this is a Git LFS pointer: fetch the real file with git lfs pull"
        : head.StartsWith("<"u8) ? "this is a web page: the download went wrong, fetch the file again"
        : null;
}
