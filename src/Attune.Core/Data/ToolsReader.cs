using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Data;

/// <summary>
/// The tools that a row's assistant could call: column <c>tools</c>, or OpenAI's old <c>functions</c>, a list or JSON text. A function that
/// stands by itself (<c>{"name", "description", "parameters"}</c>) is put under <c>function</c>, where templates look for it.
/// </summary>
internal static class ToolsReader
{
    private const string Column = "tools", Old = "functions";

    /// <summary>The tools; null where there are none.</summary>
    /// <exception cref="BadRowException">They cannot be read.</exception>
    public static JsonElement? Read(DataRow row)
    {
        JsonElement? tools = Read(row, Column), functions = Read(row, Old);
        return tools is not null && functions is not null ? throw new BadRowException("the row has tools and functions: leave one out") : tools ?? functions;
    }

    private static JsonElement? Read(DataRow row, string column)
    {
        JsonElement list = row.TryGet(column, out JsonElement value) ? JsonCell.Open(value, column) : default;
        if (list.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null || list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == 0)
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new BadRowException($"\"{column}\" must be a list, not {JsonRow.Name(list.ValueKind)}", list.GetRawText());
        }

        JsonElement[] tools = [.. list.EnumerateArray().Select((tool, i) => JsonCell.Open(tool, $"{column}[{i}]"))];
        return JsonCell.Build(new JsonArray([.. tools.Select((tool, i) => tool.ValueKind == JsonValueKind.Object ? Wrapped(tool)
            : throw new BadRowException($"{column}[{i}] must be an object that describes a function, not {JsonRow.Name(tool.ValueKind)}", value.GetRawText()))]), column);
    }

    private static JsonNode Wrapped(JsonElement tool)
    {
        bool isFlat = tool.TryGetProperty("name", out _) && !tool.TryGetProperty("function", out _)
            && (!tool.TryGetProperty("type", out JsonElement type) || type.ValueKind == JsonValueKind.String && type.GetString() == "function");
        if (!isFlat)
        {
            return JsonNode.Parse(tool.GetRawText())!;
        }

        var function = new JsonObject();
        foreach (JsonProperty property in tool.EnumerateObject().Where(property => property.Name != "type"))
        {
            function[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        }

        return new JsonObject { ["type"] = "function", ["function"] = function };
    }
}
