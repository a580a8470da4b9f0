using System.Text.Json;

namespace Attune.Metrics;

/// <summary>A metric's arguments as JSON, read by name; null counts as absent.</summary>
internal readonly struct MetricArguments(JsonElement json)
{
    /// <summary>An argument as it is.</summary>
    public JsonElement this[string name] => json.GetProperty(name);

    public bool Has(string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    public bool Is(string name) => Has(name) && json.GetProperty(name).GetBoolean();

    public double Number(string name) => json.GetProperty(name).GetDouble();

    public double Number(string name, double otherwise) => Has(name) ? Number(name) : otherwise;

    public int Integer(string name, int otherwise) => Has(name) ? json.GetProperty(name).GetInt32() : otherwise;

    public string Text(string name) => json.GetProperty(name).GetString()!;

    public string Text(string name, string otherwise) => Has(name) ? Text(name) : otherwise;

    public string[] Texts(string name) => Texts(json.GetProperty(name));

    public string[][] TextRows(string name) => [.. json.GetProperty(name).EnumerateArray().Select(Texts)];

    public double[] Numbers(string name) => Numbers(json.GetProperty(name));

    public double[][] Rows(string name) => [.. json.GetProperty(name).EnumerateArray().Select(Numbers)];

    public int[] Integers(string name) => Integers(json.GetProperty(name));

    public int[][] IntegerRows(string name) => [.. json.GetProperty(name).EnumerateArray().Select(Integers)];

    /// <summary>Zeros and ones, or true and false.</summary>
    public bool[] Flags(string name) => Flags(json.GetProperty(name));

    public bool[][] FlagRows(string name) => [.. json.GetProperty(name).EnumerateArray().Select(Flags)];

    /// <summary>An enumeration's member, spelled with underscores or hyphens or neither.</summary>
    public T Choice<T>(string name, T otherwise)
        where T : struct, Enum => Has(name) ? Enum.Parse<T>(string.Concat(Text(name).Split('_', '-')), ignoreCase: true) : otherwise;

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString()!)];

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetDouble())];

    private static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt32())];

    private static bool[] Flags(JsonElement list) =>
        [.. list.EnumerateArray().Select(flag => flag.ValueKind == JsonValueKind.Number ? flag.GetDouble() != 0 : flag.GetBoolean())];
}
