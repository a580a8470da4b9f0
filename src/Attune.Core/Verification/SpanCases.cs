using System.Text.Json;
using Attune.Text;

namespace Attune.Verification;

/// <summary>What the cases of spans have in common. Their places count code points, ours UTF-16 units.</summary>
internal static class SpanCases
{
    /// <summary>Numbers of words, null where a token has none.</summary>
    public static int?[] WordIds(JsonElement list) => [.. list.EnumerateArray().Select(one => one.ValueKind == JsonValueKind.Null ? (int?)null : one.GetInt32())];

    /// <summary>Numbers in float32.</summary>
    public static float[] Floats(JsonElement list) => [.. list.EnumerateArray().Select(one => one.GetSingle())];

    /// <summary>Places in a text: pairs, or null for (0, 0).</summary>
    public static TextRange Range(JsonElement pair, string text) =>
        pair.ValueKind == JsonValueKind.Null ? default : new TextRange(Unit(text, pair[0].GetInt32()), Unit(text, pair[1].GetInt32()));

    /// <summary>A place in UTF-16 units as one in code points.</summary>
    public static TextRange InCodePoints(TextRange range, string text) =>
        new(CodePoints.Count(text.AsSpan(0, range.Start)), CodePoints.Count(text.AsSpan(0, range.End)));

    private static int Unit(string text, int codePoints)
    {
        int unit = 0;
        for (int i = 0; i < codePoints; i++)
        {
            unit += CodePoints.LengthAt(text, unit);
        }

        return unit;
    }
}
