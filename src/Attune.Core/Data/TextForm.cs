using System.Text.Json;

namespace Attune.Data;

/// <summary>Language modelling: <c>{"text"}</c>.</summary>
internal sealed class TextForm : IExampleForm
{
    public string Name => "text";

    public string Looks => "{text}";

    public bool Fits(DataRow row) => row.TryGet("text", out JsonElement text) && text.ValueKind == JsonValueKind.String;

    public Example? Read(DataRow row)
    {
        if (!row.TryGet("text", out JsonElement text))
        {
            throw new BadRowException("\"text\" is missing");
        }

        if (text.ValueKind != JsonValueKind.String)
        {
            throw new BadRowException($"\"text\" must be text, not {JsonRow.Name(text.ValueKind)}", text.GetRawText());
        }

        return string.IsNullOrWhiteSpace(text.GetString()) ? null : new PlainText(text.GetString()!);
    }
}
