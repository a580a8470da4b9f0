using System.Collections.Immutable;

namespace Attune.Data;

/// <summary>All row formats, and the choice of the one that a file has.</summary>
public static class RowFormats
{
    private static ImmutableArray<IRowFormat> all =
        [new JsonLinesFormat(), new JsonArrayFormat(), new CsvFormat(), new TsvFormat(), new ParquetFormat(), new TextFormat()];

    /// <summary>The most bytes that one row may have.</summary>
    public const int MaxRowBytes = 4 << 20;

    /// <summary>Every format. A new one is one file and one entry here.</summary>
    public static IReadOnlyList<IRowFormat> All => all;

    /// <summary>Adds a format of a program's own; files with its extensions are read with it from then on.</summary>
    /// <param name="format">The format.</param>
    /// <exception cref="ArgumentException">There is a format of its name, or for one of its extensions.</exception>
    public static void Add(IRowFormat format) => ImmutableInterlocked.Update(ref all, known =>
        known.All(other => other.Name != format.Name && !other.Extensions.Intersect(format.Extensions).Any())
            ? known.Add(format) : throw new ArgumentException($"there is a data format {format.Name}, or one for its extensions, already", nameof(format)));

    /// <summary>Reads a file's rows in the format that the options name or its extension says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How.</param>
    /// <param name="bad">Takes the rows that cannot be read.</param>
    /// <exception cref="AttuneException">The file is missing, unreadable, or of no known format.</exception>
    public static IEnumerable<DataRow> Read(string path, ReadOptions options, BadRows bad)
    {
        if (Directory.Exists(path) || !File.Exists(path))
        {
            throw new AttuneException(ExitCode.MissingInput, path, Directory.Exists(path) ? "this is a folder, not a file" : "there is no such file");
        }

        return Counted(Find(path, options).Read(path, options, bad), bad);
    }

    // Rows that a format gives, and those that it refused on the way; what others refuse of the former is counted already.
    private static IEnumerable<DataRow> Counted(IEnumerable<DataRow> rows, BadRows bad)
    {
        foreach (DataRow row in rows)
        {
            bad.Count();
            yield return row;
            bad.Looked();
        }
    }

    /// <summary>The format of a file.</summary>
    /// <param name="path">The file; only its name is looked at.</param>
    /// <param name="options">A format named here wins.</param>
    /// <exception cref="AttuneException">There is no such format.</exception>
    public static IRowFormat Find(string path, ReadOptions options)
    {
        if (options.Format is { } name)
        {
            return All.FirstOrDefault(format => format.Name == name) ?? throw new AttuneException(ExitCode.Usage, null,
                $"unknown data format \"{name}\"{NearestName.Question(name, All.Select(format => format.Name))}",
                "the formats are " + string.Join(", ", All.Select(format => format.Name)));
        }

        string extension = Path.GetExtension(path).ToLowerInvariant();
        return All.FirstOrDefault(format => format.Extensions.Contains(extension)) ?? throw new AttuneException(ExitCode.Usage, path,
            extension.Length == 0 ? "the name has no extension that tells the format" : $"files that end in \"{extension}\" are not read",
            OtherFiles.Cure(path) ?? "rename or convert it: data files end in " + string.Join(", ", All.SelectMany(format => format.Extensions)));
    }
}
