using System.Text;
using Attune.Data;

namespace Attune.Verification;

/// <summary>Tortures a reader of rows: a good file is damaged at random, rows that are read are taken for conversations, and each row that is not must be named.</summary>
/// <param name="extension">The format's extension, without the dot: it names the target.</param>
/// <param name="seeds">Good files.</param>
internal sealed class RowsTorture(string extension, IReadOnlyList<byte[]> seeds) : ITortureTarget, IDisposable
{
    private static readonly byte[][] Pieces =
    [
        [.. "null"u8], [.. "{"u8], [.. "}"u8], [.. "["u8], [.. "]"u8], [.. "\""u8], [.. "\\u0000"u8], [.. "\\ud800"u8], [.. "\\"u8], [.. ","u8], [.. "\n"u8], [.. "\r"u8], [0], [0xFF], [0xC3], [0xEF, 0xBB, 0xBF],
        [0xED, 0xA0, 0x80], [.. "1e999"u8], [.. ":"u8], [.. "\"role\": \"user\","u8], [.. ";"u8], [.. "\t"u8], [.. "\"\""u8],
    ];

    private string? folder;

    /// <summary>Files of JSON Lines, CSV and Parquet.</summary>
    public static IReadOnlyList<RowsTorture> All() => [new("jsonl", JsonLines), new("csv", Csv), new("parquet", ParquetSeeds.All)];

    public string Name => extension;

    public byte[] Make(Random random)
    {
        byte[] bytes = [.. seeds[random.Next(seeds.Count)]];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            if (random.Next(2) == 0)
            {
                bytes = ByteMutator.Damage(random, bytes);
                continue;
            }

            int at = random.Next(bytes.Length + 1);
            bytes = [.. bytes.AsSpan(0, at), .. Pieces[random.Next(Pieces.Length)], .. bytes.AsSpan(at)];
        }

        return bytes;
    }

    public void Read(byte[] input)
    {
        folder ??= Directory.CreateTempSubdirectory("attune-torture-").FullName;
        string path = Path.Combine(folder, "rows." + extension);
        File.WriteAllBytes(path, input);
        var bad = new BadRows(int.MaxValue);
        int good = RowFormats.Read(path, ReadOptions.Default, bad).Count();
        if (bad.Rows.FirstOrDefault(row => row.File != path || row.Line < 1 || row.Reason.Length == 0 || row.Excerpt.Any(char.IsControl)) is { } nameless)
        {
            throw new InvalidOperationException($"a bad row is named wrongly: {nameless}");
        }

        if (bad.Rows.Count > 0)
        {
            throw new AttuneException(ExitCode.BadData, $"{path}:{bad.Rows[0].Line}", $"{bad.Rows.Count} bad rows, {good} good ones: {bad.Rows[0].Reason}");
        }
    }

    public void Dispose()
    {
        if (folder is not null)
        {
            Directory.Delete(folder, recursive: true);
            folder = null;
        }
    }

    private static readonly byte[][] JsonLines =
    [
        [.. """{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "Hello \u00e9\ud83d\ude00"}, {"role": "assistant", "content": "Good\nmorning", "weight": 1}]}"""u8, (byte)'\n', .. """{"text": "Once", "split": "train"}"""u8],
        [.. """{"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}], "n": [1, 2.5e3, true, null]}"""u8, (byte)'\n'],
    ];

    private static readonly byte[][] Csv = [[.. Encoding.UTF8.GetBytes("q;a,\"the answer\",part\r\n1,\"two, \"\"three\"\"\nfour\",train\n5,é,test\n\"\",x,train\n")]];
}
