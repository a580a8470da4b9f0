using System.Text.RegularExpressions;

namespace Attune.Data;

/// <summary>The files that a source names, each with its split.</summary>
/// <param name="Files">The files, in the order in which they are read; a split of null: the rows decide.</param>
/// <param name="Rule">How the rows decide.</param>
internal sealed partial record DataFiles(IReadOnlyList<(string File, Split? Split)> Files, SplitRule Rule)
{
    /// <summary>From what the user wrote to files, and what names say about splits.</summary>
    /// <param name="source">What the user wrote.</param>
    /// <param name="notices">Takes what is not used, or used otherwise than it seems.</param>
    /// <exception cref="AttuneException">A file is missing, no file is left, or what was written contradicts itself.</exception>
    public static DataFiles Of(ExampleSource source, Notices notices)
    {
        Refuse(source);
        List<Found> train = Find(source.Train, source.Read), validation = Find(source.Validation, source.Read), test = Find(source.Test, source.Read);
        List<Found> left = [.. TakeOnly(validation, Split.Validation), .. TakeOnly(test, Split.Test)];

        // What stands by itself under one key is not also taken from a folder under another.
        HashSet<string> named = [.. train.Concat(validation).Concat(test).Where(found => found.IsNamed).Select(found => found.Full)];
        List<Found>[] lists = [train, validation, test];
        foreach (List<Found> list in lists)
        {
            list.RemoveAll(found => !found.IsNamed && named.Contains(found.Full));
        }

        SplitRule rule = Divide(source, train, validation, test, left, notices);
        List<Found> all = [.. train, .. validation.Select(found => found with { Split = Split.Validation }),
            .. test.Select(found => found with { Split = Split.Test })];
        var seen = new HashSet<(string, Split?)>();
        all = all.FindAll(found => seen.Add((found.Full, found.Split)) || found.IsNamed);
        if (all.GroupBy(found => found.Full).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new AttuneException(ExitCode.Usage, twice.First().File, "the file is named twice");
        }

        HashSet<string> read = [.. all.Select(found => found.Full)];
        left.RemoveAll(found => read.Contains(found.Full));
        notices.Add("split-files-left-out", n =>
            $"{Words.Count(n, "file")} of the data folder {Words.Of(n, "is", "are")} of another split and not read: {List(left.Select(found => found.File))}",
            cure: "name the file itself to read it", count: left.Count);
        TellKinds(all, notices);
        TellSeparator(source.Read, all, notices);
        return new DataFiles([.. all.Select(found => (found.File, found.Split))], rule);

        List<Found> Find(IReadOnlyList<string> paths, ReadOptions options) => [.. paths.SelectMany(path => Expand(path, options, notices))];
    }

    // Of a folder given for validation or test, the files that are called so, where there are such.
    private static List<Found> TakeOnly(List<Found> files, Split split)
    {
        if (!files.Exists(found => !found.IsNamed && found.Name == split))
        {
            return [];
        }

        List<Found> others = files.FindAll(IsOther);
        files.RemoveAll(IsOther);
        return others;

        bool IsOther(Found found) => !found.IsNamed && found.Name != split;
    }

    private static SplitRule Divide(ExampleSource source, List<Found> train, List<Found> validation, List<Found> test, List<Found> left,
        Notices notices)
    {
        SplitRule rule = source.Split;
        if (rule.Column is null)
        {
            TellContradictions(train, notices);
        }

        Found[] held = [.. train.Where(found => found.Name is Split.Validation or Split.Test)];
        if (held.Length > 0 && rule.Column is not null)
        {
            notices.Add("split-names-not-used",
                $"files are called after splits ({List(held.Select(found => found.File))}), but data.split.column decides for every row");
            held = [];
        }
        else if (held.Length > 0)
        {
            train.RemoveAll(found => found.Name is Split.Validation or Split.Test);
            foreach (var (split, list) in new[] { (Split.Validation, validation), (Split.Test, test) })
            {
                (list.Count > 0 ? left : list).AddRange(held.Where(found => found.Name == split));
            }

            if (train.Count == 0)
            {
                throw new AttuneException(ExitCode.BadData, string.Join(", ", source.Train),
                    $"no file is there to train on: by their names all are for validation or test ({List(held.Select(found => found.File))})",
                    "name the file itself to train on it");
            }

            bool names(Split split) => held.Any(found => found.Name == split);
            var given = new[] { (Name: "validation", IsUnused: rule.Validation > 0 && names(Split.Validation)),
                (Name: "test", IsUnused: rule.Test > 0 && names(Split.Test)) };
            string shares = string.Join(" and ", given.Where(share => share.IsUnused).Select(share => share.Name));
            if (shares.Length > 0)
            {
                notices.Add("share-not-used", $"the share for {shares} in data.split is not used: the data folder has files that are called so",
                    held[0].File, "leave the share out, or name the files to train on");
                rule = rule with { Validation = names(Split.Validation) ? 0 : rule.Validation, Test = names(Split.Test) ? 0 : rule.Test };
            }
        }

        // Training files beside held-out files may still give a share to what has none.
        bool hasHeld = validation.Count > 0 || test.Count > 0;
        Split? of = hasHeld && rule is { Column: null, Validation: 0, Test: 0 } ? Split.Train : null;
        for (int i = 0; i < train.Count; i++)
        {
            train[i] = train[i] with { Split = of };
        }

        return rule;
    }

    private static void TellContradictions(List<Found> train, Notices notices)
    {
        Found[] unclear = [.. train.Where(found => found.Contradicts)];
        string used = List(unclear.Select(found => $"{found.File} is read for {(found.Name ?? Split.Train).ToString().ToLowerInvariant()}"));
        notices.Add("split-names-contradict", n => $"{Words.Count(n, "file name")} {Words.Of(n, "says", "say")} more than one split: {used}",
            cure: "rename it, or name the files in data.train, data.validation and data.test", count: unclear.Length);
        Found[] unnamed = train.Exists(found => found.Name == Split.Train) && train.Exists(found => found.Name is Split.Validation or Split.Test)
            ? [.. train.Where(found => !found.IsNamed && found.Name is null && !found.Contradicts)] : [];
        notices.Add("files-without-split", n =>
            $"{Words.Count(n, "file")} beside files that are called after splits {Words.Of(n, "names none and is", "name none and are")} trained on: "
            + List(unnamed.Select(found => found.File)), cure: "name the files in data.train to choose", count: unnamed.Length);
    }

    // train_sft and train_gen are two things; train-00000-of-00002 and train-00001-of-00002 are one.
    private static void TellKinds(List<Found> all, Notices notices)
    {
        if (!all.Exists(found => !found.IsNamed && found.Name is not null))
        {
            return;
        }

        foreach (var split in all.Where(found => !found.IsNamed && found.Name is not null).GroupBy(found => found.Name!.Value))
        {
            string[] kinds = [.. split.Select(found => Numbers().Replace(found.Relative, "")).Distinct()];
            if (kinds.Length > 1)
            {
                string name = split.Key.ToString().ToLowerInvariant();
                string each = List(split.DistinctBy(found => Numbers().Replace(found.Relative, "")).Select(found => found.File));
                notices.Add($"several-{name}-sets", $"the {name} rows come from files of {kinds.Length} names, which are read together: {each}",
                    cure: $"to use one of them, name it in data.{name}, for example as a pattern");
            }
        }
    }

    private static void TellSeparator(ReadOptions options, List<Found> all, Notices notices)
    {
        if (options.Delimiter is not null && !all.Exists(found =>
            RowFormats.All.Any(format => format is CsvFormat or TsvFormat
            && format.Extensions.Contains(Path.GetExtension(found.File).ToLowerInvariant()))))
        {
            notices.Add("separator-not-used", "data.separator is not used: no file is CSV or TSV");
        }
    }

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

    private static List<Found> Expand(string path, ReadOptions options, Notices notices)
    {
        if (File.Exists(path))
        {
            return [new Found(path, path, null, false, IsNamed: true)];
        }

        bool isFolder = Directory.Exists(path);
        string root = isFolder ? path : Root(path), pattern = isFolder ? "" : path[root.Length..];
        string place = root.Length == 0 ? "." : root;
        if (!isFolder && !(pattern.AsSpan().ContainsAny('*', '?') && Directory.Exists(place)))
        {
            string name = Path.GetFileName(path), folder = Path.GetDirectoryName(path) is { Length: > 0 } above ? above : ".";
            string hint = Directory.Exists(folder) ? NearestName.Question(name,
                Directory.EnumerateFileSystemEntries(folder).Select(file => Path.GetFileName(file))) : "";
            throw new AttuneException(ExitCode.MissingInput, path, "there is no such file or folder" + hint, "give a file, a pattern such as data/*.jsonl, or a folder");
        }

        Regex? matches = isFolder ? null : FolderFiles.Pattern(pattern);
        int depth = isFolder || pattern.Contains("**", StringComparison.Ordinal) ? int.MaxValue : pattern.AsSpan().Count('/');
        List<string> files = FolderFiles.Of(place, depth).FindAll(file => matches?.IsMatch(file) != false);
        string full(string file) => root.Length == 0 ? file : Path.Combine(root, file.Replace('/', Path.DirectorySeparatorChar));
        if (files.Count == 0 && !isFolder)
        {
            throw new AttuneException(ExitCode.MissingInput, path, "no file has such a name", DataFilesEnd);
        }

        // Who writes *.md means the README too.
        List<string> rows = isFolder || Path.GetExtension(pattern).AsSpan().ContainsAny('*', '?') || Path.GetExtension(pattern).Length == 0
            ? Rows(files, options, full, notices, path) : files;
        Split[] said = isFolder ? [] : SplitNames.Said(pattern);
        return [.. rows.Select(file =>
        {
            Split? split = SplitNames.Of(file, out bool contradicts);
            return split is { } one && said.Contains(one) ? new Found(full(file), file, null, false, IsNamed: false)
                : new Found(full(file), file, split, contradicts, IsNamed: false);
        })];
    }

    // The folder that a pattern's names lie below.
    private static string Root(string pattern)
    {
        int star = pattern.AsSpan().IndexOfAny('*', '?');
        int end = star < 0 ? -1 : pattern.AsSpan(0, star).LastIndexOfAny('/', Path.DirectorySeparatorChar);
        return pattern[..(end + 1)];
    }

    private static string DataFilesEnd => "data files end in " + string.Join(", ", RowFormats.All.SelectMany(format => format.Extensions));

    private static List<string> Rows(List<string> files, ReadOptions options, Func<string, string> full, Notices notices, string path)
    {
        ILookup<string, string> kinds = files.ToLookup(file => Kind(file, options));
        string kind = kinds.Contains("arrow") ? "arrow" : "text";
        kind = kinds.Contains("rows") ? "rows" : kind;
        List<string> rows = [.. kinds[kind]], unread = [.. kinds["arrow"], .. kinds["foreign"]];
        if (kind == "arrow")
        {
            throw OtherFiles.ArrowFolder(path, full(rows[0]));
        }

        if (rows.Count == 0)
        {
            throw new AttuneException(ExitCode.MissingInput, path, unread.Count > 0 ? $"none of the folder's files can be read ({List(unread)})"
                : "the folder holds no data file",
                unread.Count > 0 ? OtherFiles.Cure(full(unread[0])) : DataFilesEnd);
        }

        notices.Add("files-not-read", n => $"{Words.Count(n, "file")} of the data folder cannot be read: {List(unread)}", cure: unread.Count > 0
            ? OtherFiles.Cure(full(unread[0])) : null, count: unread.Count);
        List<string> beside = [.. kinds["paper"], .. kinds["other"], .. kind == "rows" ? kinds["text"] : []];
        notices.Add("files-beside-data", n => $"{Words.Count(n, "file")} beside the data {Words.Of(n, "is", "are")} not read as rows: {List(beside)}",
            cure: kind == "rows" && kinds.Contains("text") ? "name a text file itself to read it" : null, count: beside.Count);
        return rows;
    }

    private static string Kind(string file, ReadOptions options)
    {
        string name = file[(file.LastIndexOf('/') + 1)..], extension = Path.GetExtension(name).ToLowerInvariant();
        if (OtherFiles.IsPaper(name))
        {
            return "paper";
        }

        if (options.Format is not null)
        {
            return "rows";
        }

        if (RowFormats.All.FirstOrDefault(format => format.Extensions.Contains(extension)) is { } format)
        {
            return format is TextFormat ? "text" : "rows";
        }

        string foreign = OtherFiles.Cure(name) is null ? "other" : "foreign";
        return OtherFiles.IsArrow(name) ? "arrow" : foreign;
    }

    private static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(5)) + (all.Length > 5 ? $" and {Words.Count(all.Length - 5, "other")}" : "");
    }

    [GeneratedRegex(@"[-_. ]?[0-9]+([-_ ]?of[-_ ]?[0-9]+)?(-[0-9a-f]{8,})?(?=[-_. /]|$)")]
    private static partial Regex Numbers();

    /// <summary>A file that was found.</summary>
    /// <param name="File">As a user would write it.</param>
    /// <param name="Relative">Its path below the folder.</param>
    /// <param name="Name">The split that its name says.</param>
    /// <param name="Contradicts">Whether its names say several.</param>
    /// <param name="IsNamed">Whether the user named this very file.</param>
    private sealed record Found(string File, string Relative, Split? Name, bool Contradicts, bool IsNamed)
    {
        /// <summary>The split that it is read for; null: its rows decide.</summary>
        public Split? Split { get; init; }

        public string Full { get; } = Path.GetFullPath(File);
    }
}
