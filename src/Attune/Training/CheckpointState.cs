using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Formats;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Training;

/// <summary>What a checkpoint knows besides its tensors: state.json, whose being there makes the checkpoint one.</summary>
/// <param name="Step">How many steps are done: the run goes on with the step of this number.</param>
/// <param name="PlanHash">Which plan the run follows.</param>
/// <param name="EventsLength">How many bytes of events.jsonl belong to these steps.</param>
/// <param name="BestStep">The checkpoint with the best metric so far; null: none was measured.</param>
/// <param name="BestMetric">Its metric.</param>
/// <param name="Progress">What else the run must know to go on: counters, losses, a schedule's state.</param>
internal sealed record CheckpointState(long Step, string PlanHash, long EventsLength, long? BestStep, double? BestMetric, JsonObject Progress)
{
    public const string FileName = "state.json";
    private const string HashKey = ",\"sha256\":\"";
    private const string End = "\"}\n";
    private const int HashLength = 64;

    /// <summary>The files beside state.json, by name, with their lengths in bytes and SHA-256.</summary>
    public IReadOnlyDictionary<string, (long Length, string Hash)> Files { get; init; } = new Dictionary<string, (long, string)>();

    /// <summary>The file's bytes. The last value is the hash of all that stands before it, so that no digit can change unseen.</summary>
    public byte[] ToBytes()
    {
        var json = new JsonObject
        {
            ["version"] = 1,
            ["step"] = Step,
            ["plan"] = PlanHash,
            ["events_length"] = EventsLength,
            ["best_step"] = BestStep,
            ["best_metric"] = BestMetric,
            ["progress"] = Progress.DeepClone(),
            ["files"] = new JsonObject(Files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => KeyValuePair.Create<string, JsonNode?>(
                file.Key, new JsonObject { ["length"] = file.Value.Length, ["sha256"] = file.Value.Hash }))),
        };
        string text = json.ToJsonString()[..^1];
        return Encoding.UTF8.GetBytes(text + HashKey + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) + End);
    }

    /// <summary>Reads the file's bytes.</summary>
    /// <param name="bytes">What <see cref="ToBytes"/> gave, if all is well.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="FormatException">A byte has changed or is missing, or it is of another version.</exception>
    public static CheckpointState Parse(ReadOnlySpan<byte> bytes, string path)
    {
        int length = bytes.Length - HashKey.Length - HashLength - End.Length;
        if (length < 0 || !bytes[^End.Length..].SequenceEqual(Encoding.UTF8.GetBytes(End)) || !bytes.Slice(length, HashKey.Length).SequenceEqual(Encoding.UTF8.GetBytes(HashKey))
            || !bytes.Slice(length + HashKey.Length, HashLength).SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(bytes[..length])))))
        {
            throw new FormatException(path, -1, "is damaged: its content does not fit its own SHA-256");
        }

        JsonElement json = BoundedJson.Parse(bytes, path);
        if (json.GetProperty("version").GetInt32() != 1)
        {
            throw new FormatException(path, -1, $"is of version {json.GetProperty("version")}, which this Attune does not know", "resume with the version that wrote it");
        }

        JsonElement bestStep = json.GetProperty("best_step"), bestMetric = json.GetProperty("best_metric");
        return new CheckpointState(
            json.GetProperty("step").GetInt64(),
            json.GetProperty("plan").GetString()!,
            json.GetProperty("events_length").GetInt64(),
            bestStep.ValueKind == JsonValueKind.Null ? null : bestStep.GetInt64(),
            bestMetric.ValueKind == JsonValueKind.Null ? null : bestMetric.GetDouble(),
            JsonObject.Create(json.GetProperty("progress"))!)
        {
            Files = json.GetProperty("files").EnumerateObject().ToDictionary(
                file => file.Name, file => (file.Value.GetProperty("length").GetInt64(), file.Value.GetProperty("sha256").GetString()!)),
        };
    }
}
