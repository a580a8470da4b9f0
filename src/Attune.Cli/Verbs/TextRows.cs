using System.CommandLine;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Recipes;

namespace Attune.Cli.Verbs;

/// <summary>The texts that a file holds: a column of JSONL, CSV, TSV or Parquet, or the lines of a text file.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Text">The text; empty where the line or cell is blank, so that there is one answer for each.</param>
/// <param name="Pair">A second one that belongs to it; null: none.</param>
internal sealed record TextRows(RowPlace Place, string Text, string? Pair)
{
    private const string Column = "text", PairColumn = "text_pair";

    /// <summary>Whether there is nothing to answer: the answer is null.</summary>
    public bool IsBlank => Text.Length == 0;

    /// <summary>The argument, as every verb takes it.</summary>
    public static Argument<string> Argument() => new("TEXTS") { Description = "A file of texts: JSONL, CSV, TSV or Parquet with a column text (and text_pair, if any), or a text file with one a line. A blank one has an answer too: null." };

    /// <summary><c>--text</c>, as every verb takes it.</summary>
    public static Option<string> ColumnOption() => new("--text") { Description = "For columns of other names: a text in which {column} stands for a column's value; default: as the run's recipe maps it, else {text}.", HelpName = "TEXT" };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="template">What <c>--text</c> said; null: nothing.</param>
    /// <param name="recipe">The run's recipe; null: no run.</param>
    /// <exception cref="AttuneException">It is absent, holds no text, or a row lacks one.</exception>
    public static IReadOnlyList<TextRows> Read(string path, string? template, Recipe? recipe)
    {
        if (!File.Exists(path))
        {
            throw new AttuneException(ExitCode.MissingInput, path, "there is no such file", "give a file of texts");
        }

        string? Mapped(string role) => recipe?.Data.Map.FirstOrDefault(column => column.Role == role)?.Template;

        // Texts of a text file have no other column; a recipe's map was for other files.
        bool isText = RowFormats.Find(path, ReadOptions.Default).Name == "text";
        var text = new ColumnTemplate(Column, template ?? (isText ? null : Mapped(Column)) ?? "{" + Column + "}");
        var pair = template is not null || isText ? null : new ColumnTemplate(PairColumn, Mapped(PairColumn) ?? "{" + PairColumn + "}");
        var bad = new BadRows();
        var rows = new List<TextRows>();
        bool isJsonLines = RowFormats.Find(path, ReadOptions.Default).Name == "jsonl";
        foreach (var row in isText ? TextFormat.Lines(path, bad) : RowFormats.Read(path, ReadOptions.Default, bad))
        {
            for (long line = (rows.LastOrDefault()?.Place.Number ?? 0) + 1; isJsonLines && bad.Rows.Count == 0 && line < row.Place.Number; line++)
            {
                rows.Add(new TextRows(row.Place with { Number = line }, "", null));
            }

            string? missing = text.Columns.FirstOrDefault(name => !row.Fields.TryGetProperty(name, out _));
            if (missing is not null)
            {
                bad.Add(row.Place, $"there is no column \"{missing}\"{NearestName.Question(missing, row.Columns)}", "");
                continue;
            }

            string? second = pair is not null && pair.Columns.All(name => row.TryGet(name, out _)) ? pair.Render(row, trim: true) : null;
            rows.Add(new TextRows(row.Place, text.Render(row, trim: true), second));
        }

        bad.ThrowIfTooMany();
        return rows.Any(row => !row.IsBlank) ? rows : throw new AttuneException(ExitCode.BadData, path, "holds no text");
    }

    /// <summary>The answers of the rows that are not blank, each in its row's place; default for the others.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="answers">As many as rows are not blank, in their order.</param>
    public static T?[] Spread<T>(IReadOnlyList<TextRows> rows, IReadOnlyList<T> answers)
        where T : class
    {
        int next = 0;
        return [.. rows.Select(row => row.IsBlank ? null : answers[next++])];
    }

    /// <summary>Says how many rows are blank.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="notices">Takes it.</param>
    /// <param name="answer">What stands for their answer: "the label is null".</param>
    public static void TellBlank(IReadOnlyList<TextRows> rows, Notices notices, string answer) => notices.Add("blank-texts",
        n => $"{Words.Count(n, "text")} {Words.Of(n, "is", "are")} blank: {answer}", rows.FirstOrDefault(row => row.IsBlank)?.Place.ToString(), count: rows.Count(row => row.IsBlank));

    /// <summary>An answer's object, which begins with the place: <c>line</c>, or <c>row</c> in a file that has no lines.</summary>
    public JsonObject Answer() => new() { [Place.IsLine ? "line" : "row"] = Place.Number, ["text"] = Text };
}
