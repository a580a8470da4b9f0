using System.Collections.Immutable;
using System.Text.Json;

namespace Attune.Data;

/// <summary>All forms, and the choice of the one that a file's rows have.</summary>
public static class ExampleForms
{
    private static ImmutableArray<IExampleForm> all =
        [new MessagesForm(), new ShareGptForm(), new AlpacaForm(), new PromptCompletionForm(), new TextForm(), new LabelledForm(), new LabelFirstForm()];

    /// <summary>Every form, in the order in which they are tried. A new one is one file and one entry here.</summary>
    public static IReadOnlyList<IExampleForm> All => all;

    /// <summary>Adds a form of a program's own, behind the others; recipes can name it from then on.</summary>
    /// <param name="form">The form.</param>
    /// <exception cref="ArgumentException">There is a form of its name.</exception>
    public static void Add(IExampleForm form) => ImmutableInterlocked.Update(ref all, known => known.All(other => other.Name != form.Name)
        ? known.Add(form) : throw new ArgumentException($"there is a data form {form.Name} already", nameof(form)));

    /// <summary>The form of that name.</summary>
    /// <param name="name">A name that a recipe gives.</param>
    /// <exception cref="AttuneException">There is none.</exception>
    public static IExampleForm Find(string name) => All.FirstOrDefault(form => form.Name == name) ?? throw new AttuneException(ExitCode.Usage, null,
        $"unknown data form \"{name}\"{NearestName.Question(name, All.Select(form => form.Name))}", "the forms are " + string.Join(", ", All.Select(form => form.Name)));

    /// <summary>The first form that a row fits, or null.</summary>
    /// <param name="row">The row.</param>
    public static IExampleForm? Detect(DataRow row) => All.FirstOrDefault(form => form.Fits(row));

    internal static AttuneException None(DataRow row)
    {
        string[] columns = row.Columns.Take(20).ToArray();
        string near = columns.Select(column => (column, near: NearestName.Of(column, ["messages", "conversations", "instruction", "prompt", "completion", "text"])))
            .Where(pair => pair.near is not null && pair.near != pair.column).Select(pair => $" (is \"{pair.column}\" meant to be \"{pair.near}\"?)").FirstOrDefault() ?? "";
        if (columns.Contains("role") && columns.Contains("content") || columns.Contains("from") && columns.Contains("value"))
        {
            return new AttuneException(ExitCode.BadData, row.Place.ToString(), "the rows are single messages, not conversations",
                "write a conversation a row: {\"messages\": [{\"role\": …, \"content\": …}, …]}");
        }

        string? inside = row.Fields.EnumerateObject().Where(column => column.Value.ValueKind == JsonValueKind.Array
            && column.Value.GetArrayLength() > 0
            && column.Value[0].ValueKind == JsonValueKind.Object).Select(column => column.Name).FirstOrDefault();
        near += inside is null ? "" : $" (\"{Excerpt.Of(inside)}\" is a list of objects: if the rows are in there, write them out one a line)";
        return new AttuneException(ExitCode.BadData, row.Place.ToString(),
            $"the columns ({string.Join(", ", columns.Select(column => Excerpt.Of(column)))}) are those of no known form{near}",
            "known are " + string.Join(", ", All.Select(form => $"{form.Name} {form.Looks}")) + "; or map the columns, for example user: \"{question}\", assistant: \"{answer}\"");
    }
}
