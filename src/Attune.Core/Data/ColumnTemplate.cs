using System.Text;
using System.Text.Json;

namespace Attune.Data;

/// <summary>Text with columns' names in braces (<c>{title}\n\n{text}</c>): substitution and nothing else. Two braces are one.</summary>
internal sealed class ColumnTemplate
{
    private readonly List<(string Text, bool IsColumn)> _parts = [];

    /// <summary>Reads a template.</summary>
    /// <param name="field">What it is for, for messages.</param>
    /// <param name="template">The text.</param>
    public ColumnTemplate(string field, string template)
    {
        var text = new StringBuilder();
        for (int i = 0; i < template.Length; i++)
        {
            char c = template[i];
            bool twice = i + 1 < template.Length && template[i + 1] == c;
            if (c is '{' or '}' && twice)
            {
                text.Append(c);
                i++;
            }
            else if (c == '{')
            {
                int end = template.IndexOfAny(['{', '}'], i + 1);
                if (end <= i + 1 || template[end] != '}')
                {
                    throw Wrong(field, template, end == i + 1 && template[end] == '}' ? "names no column between { and }" : "opens a brace and does not close it");
                }

                Flush(text);
                _parts.Add((template[(i + 1)..end], true));
                i = end;
            }
            else
            {
                text.Append(c != '}' ? c : throw Wrong(field, template, "closes a brace that it does not open"));
            }
        }

        Flush(text);
    }

    /// <summary>The columns that it names.</summary>
    public IEnumerable<string> Columns => _parts.Where(part => part.IsColumn).Select(part => part.Text);

    /// <summary>The one column that is all of it, or null.</summary>
    public string? OnlyColumn => _parts is [(var name, true)] ? name : null;

    /// <summary>The text with a row's values in it.</summary>
    public string Render(DataRow row, bool trim)
    {
        string result = string.Concat(_parts.Select(part => !part.IsColumn ? part.Text : trim ? Value(row, part.Text).Trim() : Value(row, part.Text)));
        return trim ? result.Trim() : result;
    }

    private static string Value(DataRow row, string column) =>
        !row.Fields.TryGetProperty(column, out JsonElement value) ? throw new BadRowException($"the row has no column \"{column}\"")
        : DataRow.AsText(value) ?? throw new BadRowException($"column \"{column}\" must be text, not {JsonRow.Name(value.ValueKind)}", value.GetRawText());

    private static AttuneException Wrong(string field, string template, string problem) =>
        new(ExitCode.Usage, null, $"map: {field}: \"{template}\" {problem}", "write {column}, and {{ or }} for a brace itself");

    private void Flush(StringBuilder text)
    {
        if (text.Length > 0)
        {
            _parts.Add((text.ToString(), false));
            text.Clear();
        }
    }
}
