using System.Text.Json;

namespace Attune.Data;

/// <summary>Texts to classify: <c>{"text", "label"}</c>, and perhaps <c>text_pair</c>. A label is a word or a number. Tried only where a task asks for it, for a text is all that language modelling needs.</summary>
internal sealed class LabelledForm : IExampleForm
{
    private static readonly string[] Needed = ["text", "label"];

    public string Name => "labelled";

    public string Looks => "{text, label}";

    public bool Fits(DataRow row) => Missing(row) is null;

    public Example? Read(DataRow row)
    {
        string? text = Text(row, "text"), pair = row.TryGet("text_pair", out _) ? Text(row, "text_pair") : null;
        string label = row.TryGet("label", out JsonElement value) ? LabelSpelling.Of(value) : throw new BadRowException("\"label\" is missing");
        return string.IsNullOrWhiteSpace(text) ? null : new LabelledText(text, label) { TextPair = pair };
    }

    /// <summary>What to say where a row lacks a column; null where it lacks none.</summary>
    public static string? Missing(DataRow row)
    {
        string? name = Needed.FirstOrDefault(name => !row.Fields.TryGetProperty(name, out _));
        return name is null ? null : $"there is no column \"{name}\"{NearestName.Question(name, row.Columns)}";
    }

    private static string Text(DataRow row, string column) => !row.TryGet(column, out JsonElement text) ? throw new BadRowException($"\"{column}\" is missing")
        : text.ValueKind == JsonValueKind.String ? text.GetString()! : throw new BadRowException($"\"{column}\" must be text, not {JsonRow.Name(text.ValueKind)}", text.GetRawText());
}
