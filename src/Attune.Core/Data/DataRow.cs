using System.Text.Json;

namespace Attune.Data;

/// <summary>One row of a file, whatever the file's format: a JSON object with the columns' names.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Fields">An object. Its strings are valid Unicode without NUL, its names are unique.</param>
public sealed record DataRow(RowPlace Place, JsonElement Fields)
{
    /// <summary>The columns' names, in the row's order.</summary>
    public IEnumerable<string> Columns => Fields.EnumerateObject().Select(column => column.Name);

    /// <summary>A column's value; false where the row has no such column or it is null.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="value">Its value.</param>
    public bool TryGet(string column, out JsonElement value) =>
        Fields.TryGetProperty(column, out value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);

    /// <summary>A string or number, truth value or nothing as text; null for lists and objects.</summary>
    internal static string? AsText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
