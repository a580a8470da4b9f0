using System.Text.Json.Nodes;
using Attune.Cli.Verbs;
using Attune.Data;

namespace Attune.Cli.Terminal;

/// <summary>The files that rows were read from, split by split, for a plan.</summary>
internal static class FileLines
{
    private const int MostFiles = 8;

    /// <summary>A line a split: what it is called, and its files with their rows.</summary>
    /// <param name="files">The files.</param>
    public static IEnumerable<(string Name, string Files)> Of(IReadOnlyList<FileRows> files)
    {
        foreach (Split split in Enum.GetValues<Split>())
        {
            FileRows[] own = [.. files.Where(file => file[split] > 0)];
            if (own.Length > 0)
            {
                long others = own.Skip(MostFiles).Sum(file => file[split]);
                string more = own.Length > MostFiles ? $" and {Words.Count(own.Length - MostFiles, "other file")} ({Words.Count(others, "row")})"
                    : "";
                yield return (split.ToString().ToLowerInvariant(),
                    string.Join(", ", own.Take(MostFiles).Select(file => $"{TrainVerb.Relative(file.File)} ({Words.Count(file[split], "row")})")) + more);
            }
        }

        FileRows[] unused = [.. files.Where(file => file.Train + file.Validation + file.Test == 0)];
        if (unused.Length > 0)
        {
            yield return ("without rows", string.Join(", ", unused.Take(MostFiles).Select(file => TrainVerb.Relative(file.File)))
                + (unused.Length > MostFiles ? ", …" : ""));
        }
    }

    /// <summary>As a list of objects: file, train, validation, test, bad, left_out.</summary>
    /// <param name="files">The files.</param>
    public static JsonArray Json(IReadOnlyList<FileRows> files) => [.. files.Select(file => (JsonNode)new JsonObject
    {
        ["file"] = file.File,
        ["train"] = file.Train,
        ["validation"] = file.Validation,
        ["test"] = file.Test,
        ["bad"] = file.Bad,
        ["left_out"] = file.Left,
    })];
}
