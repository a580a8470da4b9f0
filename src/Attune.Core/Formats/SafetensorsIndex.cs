using System.Text.Json;
using System.Text.Unicode;

namespace Attune.Formats;

/// <summary>A <c>*.safetensors.index.json</c>: which shard holds which tensor.</summary>
internal static class SafetensorsIndex
{
    private const long MaxLength = 100_000_000;

    /// <summary>The <c>weight_map</c>, tensor to shard, every shard's name checked.</summary>
    public static Dictionary<string, string> Read(string path) => Parse(Utf8Text.ReadFile(path, MaxLength), path);

    public static Dictionary<string, string> Parse(ReadOnlySpan<byte> json, string path)
    {
        if (!Utf8.IsValid(json))
        {
            throw new FormatException(path, 0, "is not UTF-8");
        }

        var reader = new Utf8JsonReader(json);
        var budget = new MemoryBudget(path, json.Length);
        try
        {
            return ReadRoot(ref reader, budget, path);
        }
        catch (JsonException exception)
        {
            throw new FormatException(path, reader.BytesConsumed, "is not JSON: " + exception.Message, inner: exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException(path, reader.TokenStartIndex, "a string holds half of a surrogate pair", inner: exception);
        }
    }

    private static Dictionary<string, string> ReadRoot(ref Utf8JsonReader reader, MemoryBudget budget, string path)
    {
        Dictionary<string, string>? map = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException(path, reader.TokenStartIndex, "must be an object with a weight_map");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isMap = reader.ValueTextEquals("weight_map"u8);
            reader.Read();
            if (!isMap)
            {
                reader.Skip(); // metadata.total_size is for people: the shards say what is true.
            }
            else if (map is null && reader.TokenType == JsonTokenType.StartObject)
            {
                map = ReadMap(ref reader, budget, path);
            }
            else
            {
                throw new FormatException(path, reader.TokenStartIndex, "weight_map must be one object of tensor and file names");
            }
        }

        while (reader.Read())
        {
            // Only white space may follow; the reader itself refuses the rest.
        }

        return map is { Count: > 0 } ? map : throw new FormatException(path, -1, "weight_map is missing or empty");
    }

    private static Dictionary<string, string> ReadMap(ref Utf8JsonReader reader, MemoryBudget budget, string path)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        var shards = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            budget.Take(MemoryBudget.StringOverhead + (2L * reader.ValueSpan.Length) + MemoryBudget.DictionaryEntry, reader.TokenStartIndex);
            string tensor = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new FormatException(path, reader.TokenStartIndex, $"weight_map[{Names.Quote(tensor)}] must be a file name");
            }

            string shard = reader.GetString()!;
            if (!shards.TryGetValue(shard, out string? known))
            {
                CheckName(shard, tensor, path, reader.TokenStartIndex);
                budget.Take(MemoryBudget.StringOverhead + (2L * shard.Length) + MemoryBudget.DictionaryEntry, reader.TokenStartIndex);
                shards.Add(shard, known = shard);
            }

            if (!map.TryAdd(tensor, known))
            {
                throw new FormatException(path, reader.TokenStartIndex, $"weight_map[{Names.Quote(tensor)}] stands twice");
            }
        }

        return map;
    }

    private static void CheckName(string shard, string tensor, string path, long offset)
    {
        if (!shard.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            string? cure = shard.EndsWith(".bin", StringComparison.Ordinal) ? Pickle.Cure : null;
            throw new FormatException(path, offset, $"weight_map[{Names.Quote(tensor)}] names {Names.Quote(shard)}, which is no safetensors file", cure);
        }

        if (!SafePath.IsPlainName(shard))
        {
            throw new FormatException(path, offset, $"weight_map[{Names.Quote(tensor)}] names {Names.Quote(shard)}, which is not a plain file name");
        }
    }
}
