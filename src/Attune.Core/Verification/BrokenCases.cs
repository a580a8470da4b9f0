using System.Text.Json;

namespace Attune.Verification;

/// <summary>A cases.json of files that must be refused: by Attune's own exception, never another.</summary>
internal static class BrokenCases
{
    /// <summary>Tries every case of the fixture.</summary>
    /// <param name="fixture">A fixture with <c>cases</c>.</param>
    /// <param name="read">Reads what lies at the path of a case's <c>file</c> or <c>folder</c>.</param>
    public static FixtureResult Check(Fixture fixture, Action<string> read)
    {
        var problems = new List<string>();
        int count = 0;
        foreach (var item in fixture.ReadJsonFile(fixture.Text("cases") ?? "cases.json").EnumerateArray())
        {
            count++;
            string name = item.GetProperty(item.TryGetProperty("folder", out _) ? "folder" : "file").GetString()!;
            if (Problem(item.GetProperty("valid"), fixture.Resolve(name), read) is { } problem)
            {
                problems.Add($"{name} ({item.GetProperty("reason").GetString()}) {problem}");
            }
        }

        return count == 0 ? FixtureResult.Fail("cases.json is empty")
            : problems.Count == 0 ? FixtureResult.Ok
            : FixtureResult.Fail($"{problems.Count} of {count}: {string.Join("; ", problems.Take(5))}");
    }

    // "valid" true: must be read; false: must be refused; null: either is right.
    private static string? Problem(JsonElement valid, string path, Action<string> read)
    {
        try
        {
            read(path);
        }
        catch (AttuneException exception)
        {
            return valid.ValueKind == JsonValueKind.True ? "was refused: " + exception.Message
                : exception.Place is null ? "was refused without naming a place: " + exception.Message : null;
        }
#pragma warning disable CA1031 // Any other exception is what this check is there to find.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return $"threw {exception.GetType().Name}: {exception.Message}";
        }

        return valid.ValueKind == JsonValueKind.False ? "was read, though it is broken" : null;
    }
}
