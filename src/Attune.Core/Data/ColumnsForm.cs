using Attune.Text;

namespace Attune.Data;

/// <summary>One message that a row of other columns becomes.</summary>
/// <param name="Role">
/// <c>system</c>, <c>user</c> or <c>assistant</c>; or <c>text</c>, alone, for plain language modelling, with <c>label</c> and perhaps
/// <c>text_pair</c> for classification; or <c>messages</c>, alone, for a column that holds a list of messages under another name.
/// </param>
/// <param name="Template">Text in which <c>{column}</c> stands for a column's value and two braces for one: <c>{title}\n\n{text}</c>.</param>
public sealed record MappedColumn(string Role, string Template);

/// <summary>Columns of any names, mapped by the user, in the order of the messages.</summary>
internal sealed class ColumnsForm : IExampleForm
{
    private static readonly string[] Roles = ["system", "user", "assistant", "text", "messages", "text_pair", "label"];

    private readonly List<(string Role, ColumnTemplate Template)> _map;
    private readonly bool _trim;

    /// <summary>Reads a mapping.</summary>
    /// <param name="map">The messages.</param>
    /// <param name="trim">Whether white space around every value, and around the whole, is removed.</param>
    public ColumnsForm(IReadOnlyList<MappedColumn> map, bool trim)
    {
        if (map.FirstOrDefault(column => !Roles.Contains(column.Role)) is { } unknown)
        {
            throw new AttuneException(ExitCode.Usage, null, $"map: unknown role \"{unknown.Role}\"{NearestName.Question(unknown.Role, Roles)}", "known are " + string.Join(", ", Roles));
        }

        _map = map.Select(column => (column.Role, new ColumnTemplate(column.Role, column.Template))).ToList();
        _trim = trim;
        bool labelled = Has("text") && Has("label") && map.All(column => column.Role is "text" or "text_pair" or "label") && map.Count == map.DistinctBy(column => column.Role).Count();
        bool single = map.Count == 1 && map[0].Role is "text" or "messages";
        bool chat = Has("user") && Has("assistant") && map.All(column => column.Role is "system" or "user" or "assistant");
        if (!single && !chat && !labelled)
        {
            throw new AttuneException(ExitCode.Usage, null, $"map: {string.Join(", ", map.Select(column => column.Role))} make no example",
                "give user and assistant (and system, if any), or text alone, or messages alone, or text and label (and text_pair, if any)");
        }

        foreach (MappedColumn column in map.Where((column, i) => column.Role != "system" && !_map[i].Template.Columns.Any()))
        {
            throw new AttuneException(ExitCode.Usage, null, $"map: {column.Role}: {Formats.Names.Quote(column.Template)} names no column", $"write \"{{{Formats.Names.Plain(column.Template)}}}\" for the column of that name");
        }

        if (Has("messages") && _map[0].Template.OnlyColumn is null)
        {
            throw new AttuneException(ExitCode.Usage, null, "map: messages must be one column and no text", "write messages: \"{column}\"");
        }
    }

    public string Name => "map";

    public string Looks => string.Join(", ", _map.Select(column => column.Role));

    public bool Fits(DataRow row) => Missing(row) is null;

    public Example? Read(DataRow row)
    {
        if (Has("messages"))
        {
            return ConversationReader.Conversation(row, _map[0].Template.OnlyColumn!);
        }

        (string Role, string Text)[] said = [.. _map.Select(column => (column.Role, column.Template.Render(row, _trim)))];
        if (said.Any(text => text.Role != "system" && string.IsNullOrWhiteSpace(text.Text)))
        {
            return null;
        }

        if (Has("label"))
        {
            return new LabelledText(Said("text")!, Label(row, Said("label")!)) { TextPair = Said("text_pair") };
        }

        return Has("text") ? new PlainText(said[0].Text)
            : ConversationReader.Conversation(row, [.. said.Where(text => !string.IsNullOrWhiteSpace(text.Text)).Select(text => new ChatMessage(text.Role, text.Text))]);

        string? Said(string role) => said.FirstOrDefault(text => text.Role == role).Text;
    }

    /// <summary>What to say where a row lacks a column that the mapping names; null where it lacks none.</summary>
    public string? Missing(DataRow row)
    {
        string? name = _map.SelectMany(column => column.Template.Columns).FirstOrDefault(name => !row.Fields.TryGetProperty(name, out _));
        return name is null ? null : $"there is no column \"{name}\"{NearestName.Question(name, row.Columns)}";
    }

    // A column that is the label alone may hold a number or a truth value; what a template joins is text.
    private string Label(DataRow row, string text)
    {
        if (_map.First(column => column.Role == "label").Template.OnlyColumn is { } name)
        {
            return LabelSpelling.Of(row.Fields.GetProperty(name));
        }

        string label = LabelSpelling.Of(text);
        return label.Length > 0 ? label : throw new BadRowException("\"label\" is empty");
    }

    private bool Has(string role) => _map.Any(column => column.Role == role);
}
