using System.Text.Json;
using Attune.Formats;

namespace Attune.Verification;

/// <summary>A folder with a fixture.json: reference results to be reproduced.</summary>
internal sealed class Fixture
{
    private Fixture(string folder, JsonElement json, string kind)
    {
        Folder = folder;
        Json = json;
        Kind = kind;
        Name = kind + "/" + Path.GetFileName(folder);
    }

    public string Folder { get; }

    /// <summary>fixture.json.</summary>
    public JsonElement Json { get; }

    public string Kind { get; }

    /// <summary><c>kind/folder</c>, what filters are matched against.</summary>
    public string Name { get; }

    /// <summary>The <c>tolerance</c> of fixture.json; exact where it has none.</summary>
    public Tolerance Tolerance => Json.TryGetProperty("tolerance", out var tolerance) ? Tolerance.From(tolerance) : default;

    /// <summary>Reads a fixture's folder.</summary>
    public static Fixture Open(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var json = ReadJson(Path.Combine(folder, "fixture.json"));
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String
            ? new Fixture(folder, json, kind.GetString()!)
            : throw new AttuneException(ExitCode.BadData, Path.Combine(folder, "fixture.json"), "has no kind");
    }

    /// <summary>All fixtures below a folder, by name.</summary>
    public static IReadOnlyList<Fixture> Find(string root) => Directory
        .EnumerateFiles(root, "fixture.json", SearchOption.AllDirectories)
        .Select(file => Open(Path.GetDirectoryName(file)!)).OrderBy(fixture => fixture.Name, StringComparer.Ordinal).ToList();

    /// <summary>A path that the fixture gives relative to its folder, as a full path.</summary>
    public string Resolve(string relative) => Path.GetFullPath(Path.Combine(Folder, relative));

    /// <summary>The path that a key of fixture.json gives, or null where the key is absent or null.</summary>
    public string? ResolveKey(string key) => Text(key) is { } relative ? Resolve(relative) : null;

    /// <summary>A string of fixture.json, or null where the key is absent or null.</summary>
    public string? Text(string key) => Json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Whether a key of fixture.json is true.</summary>
    public bool Is(string key) => Json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>A JSON file of the fixture, parsed.</summary>
    public JsonElement ReadJsonFile(string relative) => ReadJson(Resolve(relative));

    private static JsonElement ReadJson(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(Utf8Text.Checked(File.ReadAllBytes(path), path), new JsonDocumentOptions { MaxDepth = 256 });
            return document.RootElement.Clone();
        }
        catch (IOException exception)
        {
            throw new AttuneException(ExitCode.MissingInput, path, "cannot be read: " + exception.Message, inner: exception);
        }
        catch (JsonException exception)
        {
            throw new AttuneException(ExitCode.BadData, path, "is not JSON: " + exception.Message, inner: exception);
        }
    }
}
