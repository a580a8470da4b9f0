using System.CommandLine;
using Attune.Data;
using Attune.Recipes;

namespace Attune.Cli.Verbs;

/// <summary>The texts that a file holds: a column of JSONL, CSV, TSV or Parquet, or the lines of a text file.</summary>
/// <param name="Text">The text.</param>
/// <param name="Pair">A second one that belongs to it; null: none.</param>
internal sealed record TextRows(string Text, string? Pair)
{
    private const string Column = "text", PairColumn = "text_pair";

    /// <summary>The argument, as every verb takes it.</summary>
    public static Argument<string> Argument() => new("TEXTS") { Description = "A file of texts: JSONL, CSV, TSV or Parquet with a column text (and text_pair, if any), or a text file with one a line." };

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
        foreach (var row in RowFormats.Read(path, ReadOptions.Default with { TextUnit = TextUnit.Line }, bad))
        {
            string? missing = text.Columns.FirstOrDefault(name => !row.TryGet(name, out _));
            if (missing is not null)
            {
                bad.Add(row.Place, $"there is no column \"{missing}\"{NearestName.Question(missing, row.Columns)}", "");
                continue;
            }

            rows.Add(new TextRows(text.Render(row, trim: true), pair is not null && pair.Columns.All(name => row.TryGet(name, out _)) ? pair.Render(row, trim: true) : null));
        }

        bad.ThrowIfTooMany();
        return rows.Count > 0 ? rows : throw new AttuneException(ExitCode.BadData, path, "holds no text");
    }
}
