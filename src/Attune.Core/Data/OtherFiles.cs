namespace Attune.Data;

/// <summary>Files that lie beside data and are no rows, and files of rows that cannot be read as they are.</summary>
internal static class OtherFiles
{
    private static readonly string[] Papers =
        ["readme", "license", "licence", "notice", "copying", "copyright", "changelog", "contributing", "authors", "citation", "code_of_conduct",
            "requirements"];

    // Those that come with an ending: README-zh.md, LICENSE_MIT.txt, requirements-dev.txt.
    private static readonly string[] PapersWithEnding = ["readme", "license", "licence", "changelog", "requirements"];

    private static readonly HashSet<string> Descriptions = new(StringComparer.OrdinalIgnoreCase)
    {
        "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "croissant.json", "config.json", "tokenizer.json",
            "tokenizer_config.json",
        "special_tokens_map.json", "generation_config.json", "adapter_config.json", "package.json", "package-lock.json", "tsconfig.json",
            "model.safetensors.index.json",
    };

    private const string Table = "save it as CSV (UTF-8) in the program that it comes from";

    private static readonly Dictionary<string, string> Cures = new(StringComparer.OrdinalIgnoreCase)
    {
        [".feather"] = "write it as Parquet: python -c \"import pandas; pandas.read_feather('{0}').to_parquet('{1}.parquet')\"",
        [".xlsx"] = Table, [".xls"] = Table, [".xlsm"] = Table, [".ods"] = Table, [".numbers"] = Table,
        [".zip"] = "unpack it first, and name the files in it", [".tar"] = "unpack it first, and name the files in it",
            [".tgz"] = "unpack it first, and name the files in it",
        [".7z"] = "unpack it first, and name the files in it", [".rar"] = "unpack it first, and name the files in it",
        [".gz"] = "unpack it first: gunzip -k {0}", [".zst"] = "unpack it first: unzstd {0}", [".bz2"] = "unpack it first: bunzip2 -k {0}",
            [".xz"] = "unpack it first: unxz -k {0}",
        [".lz4"] = "unpack it first: lz4 -d {0}",
        [".pkl"] = "a pickle can run any program when it is opened: write its rows as JSONL or Parquet where you trust it",
        [".pickle"] = "a pickle can run any program when it is opened: write its rows as JSONL or Parquet where you trust it",
        [".pt"] = "write its rows as JSONL or Parquet with the program that it comes from", [".npy"] = "write its rows as JSONL or Parquet",
            [".npz"] = "write its rows as JSONL or Parquet",
        [".db"] = "write the table as CSV: sqlite3 -header -csv {0} \"select * from TABLE\" > {1}.csv",
            [".sqlite"] = "write the table as CSV: sqlite3 -header -csv {0} \"select * from TABLE\" > {1}.csv",
        [".sqlite3"] = "write the table as CSV: sqlite3 -header -csv {0} \"select * from TABLE\" > {1}.csv",
            [".sql"] = "write the table's rows as CSV or JSONL",
        [".xml"] = "write its rows as JSONL or CSV", [".html"] = "write its text into a .txt file, or its rows as JSONL or CSV",
            [".htm"] = "write its text into a .txt file, or its rows as JSONL or CSV",
        [".yaml"] = "write its rows as JSONL", [".yml"] = "write its rows as JSONL", [".toml"] = "write its rows as JSONL",
        [".pdf"] = "write its text into a .txt file", [".doc"] = "write its text into a .txt file", [".docx"] = "write its text into a .txt file",
            [".rtf"] = "write its text into a .txt file",
        [".avro"] = "write it as Parquet or JSONL", [".orc"] = "write it as Parquet or JSONL", [".tfrecord"] = "write its rows as JSONL or Parquet",
            [".msgpack"] = "write its rows as JSONL",
        [".hdf5"] = "write its rows as JSONL or Parquet", [".h5"] = "write its rows as JSONL or Parquet", [".rds"] = "write the table as CSV",
            [".sav"] = "write the table as CSV",
    };

    /// <summary>Whether a file in a data folder is no row by its name: a README, a licence, what describes a data set or a model.</summary>
    /// <param name="name">The file's name.</param>
    public static bool IsPaper(string name)
    {
        bool isText = Path.GetExtension(name).ToLowerInvariant() is ".md" or ".txt" or "";
        string stem = Path.GetFileNameWithoutExtension(name).ToLowerInvariant();
        return Descriptions.Contains(name) || isText
            && (Papers.Contains(stem) || PapersWithEnding.Any(word => stem.Length > word.Length && stem.StartsWith(word, StringComparison.Ordinal)
            && !char.IsLetter(stem[word.Length])));
    }

    /// <summary>Whether the file is one of Arrow's, as datasets' <c>save_to_disk</c> and its cache write them.</summary>
    /// <param name="name">The file.</param>
    public static bool IsArrow(string name) => Path.GetExtension(name).Equals(".arrow", StringComparison.OrdinalIgnoreCase);

    /// <summary>What to do with a file of rows that cannot be read; null: nothing is known of such files.</summary>
    /// <param name="path">The file.</param>
    public static string? Cure(string path)
    {
        if (IsArrow(path))
        {
            return ArrowCure(Path.GetDirectoryName(path) is { } folder && IsSaved(folder) ? folder : null, path);
        }

        return Cures.TryGetValue(Path.GetExtension(path), out string? cure)
            ? string.Format(System.Globalization.CultureInfo.InvariantCulture, cure, path, Path.GetFileNameWithoutExtension(path)) : null;
    }

    /// <summary>What to say of a folder whose rows lie in Arrow files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="file">One of its Arrow files.</param>
    public static AttuneException ArrowFolder(string folder, string file)
    {
        bool saved = IsSaved(folder) || IsSaved(Path.GetDirectoryName(file)!);
        string problem = saved ? "the folder was written by datasets' save_to_disk: its rows lie in Arrow files, which are not read"
            : "the folder's rows lie in Arrow files, which are not read";
        return new AttuneException(ExitCode.BadData, folder, problem, ArrowCure(saved ? folder : null, file));
    }

    private static bool IsSaved(string folder) => File.Exists(Path.Combine(folder, "state.json"))
        || File.Exists(Path.Combine(folder, "dataset_dict.json"));

    private static string ArrowCure(string? folder, string file)
    {
        string name = folder is null ? Path.GetFileNameWithoutExtension(file) : Path.GetFileName(Path.GetFullPath(folder).TrimEnd('/', '\\'));
        string script = folder is null ? $"from datasets import Dataset; Dataset.from_file('{file}').to_json('{name}.jsonl')"
            : File.Exists(Path.Combine(folder, "dataset_dict.json"))
                ? $"from datasets import load_from_disk; [part.to_json(f'{name}-{{split}}.jsonl') for split, part in load_from_disk('{folder}').items()]"
                : $"from datasets import load_from_disk; load_from_disk('{folder}').to_json('{name}.jsonl')";
        return $"write them as JSONL (or with to_parquet): python -c \"{script}\"";
    }
}
