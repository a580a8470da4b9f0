using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Metrics;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>metrics</c>: figures over predictions, as the reference's libraries give them.</summary>
internal sealed class MetricsCheck : IFixtureCheck
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public string Kind => "metrics";

    public FixtureResult Check(Fixture fixture)
    {
        List<JsonElement> cases = fixture.ReadJsonFile("cases.json").EnumerateArray().ToList();
        var problems = new List<string>();
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < cases.Count; i++)
        {
            JsonElement arguments = cases[i].GetProperty("arguments");
            string name = cases[i].GetProperty("metric").GetString()!;
            if (MetricRegistry.Find(name, arguments) is not { } metric)
            {
                missing.Add(name);
                continue;
            }

            JsonElement actual = JsonSerializer.SerializeToElement(metric(new MetricArguments(arguments)), Options);
            if (Difference(actual, cases[i].GetProperty("value"), fixture.Tolerance) is { } difference)
            {
                problems.Add($"cases[{i}], {name}{difference}");
            }
        }

        if (problems.Count > 0)
        {
            return FixtureResult.Fail($"{problems.Count} of {cases.Count} differ: {string.Join("; ", problems.Take(8))}");
        }

        return missing.Count == 0 ? FixtureResult.Ok : FixtureResult.Skip($"not there yet: {string.Join(", ", missing)}");
    }

    /// <summary>Where two values first differ, or null; numbers within the tolerance are equal.</summary>
    private static string? Difference(JsonElement actual, JsonElement expected, Tolerance tolerance)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object when actual.ValueKind == JsonValueKind.Object:
                return expected.EnumerateObject()
                    .Select(one => actual.TryGetProperty(one.Name, out JsonElement own)
                        ? Within("." + one.Name, Difference(own, one.Value, tolerance))
                        : $".{one.Name} is missing")
                    .FirstOrDefault(difference => difference is not null);
            case JsonValueKind.Array when actual.ValueKind == JsonValueKind.Array:
                return actual.GetArrayLength() != expected.GetArrayLength()
                    ? $" has {actual.GetArrayLength()} elements instead of {expected.GetArrayLength()}"
                    : Enumerable.Range(0, expected.GetArrayLength())
                        .Select(i => Within($"[{i}]", Difference(actual[i], expected[i], tolerance)))
                        .FirstOrDefault(difference => difference is not null);
            case JsonValueKind.Number when actual.ValueKind == JsonValueKind.Number:
                double wanted = expected.GetDouble();
                return Math.Abs(actual.GetDouble() - wanted) <= tolerance.For(Math.Abs(wanted)) ? null : Different(actual, expected);
            default:
                return JsonElement.DeepEquals(actual, expected) ? null : Different(actual, expected);
        }
    }

    private static string? Within(string place, string? difference) => difference is null ? null : place + difference;

    private static string Different(JsonElement actual, JsonElement expected) => $" is {actual.GetRawText()} instead of {expected.GetRawText()}";
}
