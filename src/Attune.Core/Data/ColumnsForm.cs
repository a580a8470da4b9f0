using Attune.Text;

namespace Attune.Data;

/// <summary>Columns of any names, mapped by the user: <c>user: "{title}\n\n{text}"</c>, <c>assistant: "{answer}"</c>.</summary>
internal sealed class ColumnsForm : IExampleForm
{
    private static readonly string[] Fields = ["system", "user", "assistant", "text", "messages"];

    private readonly Dictionary<string, ColumnTemplate> _columns;
    private readonly bool _trim;

    /// <summary>Reads a mapping.</summary>
    /// <param name="columns">Templates by field.</param>
    /// <param name="trim">Whether white space around every value, and around the whole, is removed.</param>
    public ColumnsForm(IReadOnlyDictionary<string, string> columns, bool trim)
    {
        if (columns.Keys.FirstOrDefault(name => !Fields.Contains(name)) is { } unknown)
        {
            throw new AttuneException(ExitCode.Usage, null, $"columns: unknown field \"{unknown}\"{Nearest.Hint(unknown, Fields)}", "the fields are " + string.Join(", ", Fields));
        }

        _columns = columns.ToDictionary(pair => pair.Key, pair => new ColumnTemplate(pair.Key, pair.Value));
        _trim = trim;
        bool chat = Has("user") && Has("assistant") && !Has("text") && !Has("messages");
        if (!chat && !(_columns.Count == 1 && (Has("text") || Has("messages"))))
        {
            throw new AttuneException(ExitCode.Usage, null, $"columns: {string.Join(" and ", _columns.Keys)} make no example",
                "give user and assistant (and system, if any), or text alone, or messages alone");
        }

        foreach (string field in _columns.Keys.Where(field => field != "system" && !_columns[field].Columns.Any()))
        {
            throw new AttuneException(ExitCode.Usage, null, $"columns: {field}: \"{columns[field]}\" names no column", $"write {field}: \"{{{columns[field]}}}\" for the column of that name");
        }

        if (Has("messages") && _columns["messages"].OnlyColumn is null)
        {
            throw new AttuneException(ExitCode.Usage, null, "columns: messages must be one column and no text", "write messages: \"{column}\"");
        }
    }

    public string Name => "columns";

    public string Looks => string.Join(", ", _columns.Keys);

    public bool Fits(DataRow row) => Missing(row) is null;

    public Example? Read(DataRow row)
    {
        if (Has("messages"))
        {
            return ConversationReader.Conversation(row, ConversationReader.Messages(row, _columns["messages"].OnlyColumn!));
        }

        if (Has("text"))
        {
            string text = _columns["text"].Render(row, _trim);
            return string.IsNullOrWhiteSpace(text) ? null : new PlainText(text) { Place = row.Place };
        }

        string user = _columns["user"].Render(row, _trim), assistant = _columns["assistant"].Render(row, _trim);
        string system = Has("system") ? _columns["system"].Render(row, _trim) : "";
        if (string.IsNullOrWhiteSpace(user) || string.IsNullOrWhiteSpace(assistant))
        {
            return null;
        }

        ChatMessage[] turn = [new("user", user), new("assistant", assistant)];
        return ConversationReader.Conversation(row, string.IsNullOrWhiteSpace(system) ? turn : [new("system", system), .. turn]);
    }

    /// <summary>What to say where a row lacks a column that the mapping names; null where it lacks none.</summary>
    public string? Missing(DataRow row)
    {
        string? name = _columns.Values.SelectMany(template => template.Columns).FirstOrDefault(name => !row.Fields.TryGetProperty(name, out _));
        return name is null ? null : $"there is no column \"{name}\"{Nearest.Hint(name, row.Columns)}";
    }

    private bool Has(string field) => _columns.ContainsKey(field);
}
