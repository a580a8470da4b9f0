namespace Attune.Data;

/// <summary>From what the user wrote to files, and what a folder's names say about splits.</summary>
internal static class DataFiles
{
    private static readonly Dictionary<string, Split> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = Split.Train, ["valid"] = Split.Validation, ["validation"] = Split.Validation, ["val"] = Split.Validation, ["dev"] = Split.Validation, ["test"] = Split.Test,
    };

    /// <summary>The files of all three lists, with the split that they were given for; null where the rows decide.</summary>
    public static List<(string File, Split? Split)> Of(ExampleSource source)
    {
        var files = new List<(string, Split?)>();
        bool given = source.Validation.Count > 0 || source.Test.Count > 0;
        Refuse(source);
        foreach (string path in source.Train)
        {
            bool byName = !given && Directory.Exists(path) && source.Split is { Column: null, Validation: 0, Test: 0 };
            List<string> found = Expand(path, source.Read);
            byName = byName && found.Any(file => Named(file) is not null and not Split.Train);
            files.AddRange(found.Select(file => (file, byName ? Named(file) ?? Split.Train : given ? Given(source) : (Split?)null)));
        }

        files.AddRange(source.Validation.SelectMany(path => Expand(path, source.Read)).Select(file => (file, (Split?)Split.Validation)));
        files.AddRange(source.Test.SelectMany(path => Expand(path, source.Read)).Select(file => (file, (Split?)Split.Test)));
        if (files.GroupBy(file => Path.GetFullPath(file.Item1)).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new AttuneException(ExitCode.Usage, twice.First().Item1, "the file is named twice");
        }

        return files;
    }

    private static Split? Named(string file) => Names.TryGetValue(Path.GetFileNameWithoutExtension(file), out Split split) ? split : null;

    // Training files beside given validation files may still give a share to the test.
    private static Split? Given(ExampleSource source) => source.Split is { Column: null, Validation: 0, Test: 0 } ? Split.Train : null;

    private static void Refuse(ExampleSource source)
    {
        if (source.Train.Count == 0)
        {
            throw new AttuneException(ExitCode.Usage, null, "no training data is named");
        }

        if (source.Validation.Count > 0 && source.Split.Validation > 0 || source.Test.Count > 0 && source.Split.Test > 0)
        {
            string part = source.Validation.Count > 0 && source.Split.Validation > 0 ? "validation" : "test";
            throw new AttuneException(ExitCode.Usage, null, $"{part} has files and a share of the training files", "give one of them");
        }

        if ((source.Validation.Count > 0 || source.Test.Count > 0) && source.Split.Column is not null)
        {
            throw new AttuneException(ExitCode.Usage, null, "files for validation or test and a column that says the split exclude each other", "give one of them");
        }
    }

    private static List<string> Expand(string path, ReadOptions options)
    {
        string name = Path.GetFileName(path), folder = path[..^name.Length];
        if (File.Exists(path))
        {
            return [path];
        }

        bool isFolder = Directory.Exists(path);
        string place = isFolder ? path : folder.Length == 0 ? "." : folder;
        if (!isFolder && !(name.Contains('*') && Directory.Exists(place)))
        {
            string hint = Directory.Exists(place) ? NearestName.Question(name, Directory.EnumerateFiles(place).Select(file => Path.GetFileName(file))) : "";
            throw new AttuneException(ExitCode.MissingInput, path, "there is no such file or folder" + hint, "give a file, a pattern such as data/*.jsonl, or a folder");
        }

        List<string> files = Directory.EnumerateFiles(place, isFolder ? "*" : name).Where(file => !Path.GetFileName(file).StartsWith('.') && (!isFolder || IsData(file, options)))
            .Order(StringComparer.Ordinal).Select(file => isFolder || folder.Length > 0 ? file : Path.GetFileName(file)).ToList();
        return files.Count > 0 ? files : throw new AttuneException(ExitCode.MissingInput, path,
            isFolder ? "the folder holds no data file" : "no file has such a name", "data files end in " + string.Join(", ", RowFormats.All.SelectMany(format => format.Extensions)));
    }

    private static bool IsData(string file, ReadOptions options) =>
        options.Format is not null || RowFormats.All.Any(format => format.Extensions.Contains(Path.GetExtension(file).ToLowerInvariant()));
}
