using System.Globalization;
using System.Text;
using CsvHelper;

namespace Attune.Data;

/// <summary>How a delimited file is laid out, told by its beginning: what separates fields, whether quotes hold them, and which line is the
/// header.</summary>
/// <param name="Separator">What stands between two fields.</param>
/// <param name="IsQuoted">Whether a field in quotes is what is between them.</param>
/// <param name="Skip">How many records stand before the header.</param>
internal sealed record DelimitedLayout(char Separator, bool IsQuoted, int Skip)
{
    private const int SampleBytes = 256 << 10, SampleRecords = 500, MostTitleLines = 20, LongestName = 60, MostRank = 10_000;

    private static readonly char[] Usual = [',', ';', '\t', '|'];

    // Names that a column has and a title has not.
    private static readonly HashSet<string> KnownNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "text", "label", "text_pair", "messages", "conversations", "instruction", "input", "output", "prompt", "completion", "system", "question",
            "answer", "response", "review",
        "sentence", "sentiment", "content", "title", "id", "category", "class", "query", "reply", "user", "assistant",
    };

    /// <summary>The title lines that are passed over, for a notice.</summary>
    public IReadOnlyList<string> Titles { get; private init; } = [];

    /// <summary>Reads a file's beginning.</summary>
    /// <param name="file">The file, as UTF-8.</param>
    /// <param name="options">What the user said.</param>
    /// <param name="isTabs">Whether it is TSV, in which quotes are text unless they hold whole fields.</param>
    public static DelimitedLayout Of(Stream file, ReadOptions options, bool isTabs)
    {
        byte[] sample = new byte[SampleBytes];
        int length = file.ReadAtLeast(sample, sample.Length, throwOnEndOfStream: false);
        ReadOnlyMemory<byte> bytes = sample.AsMemory(0, length);
        bool whole = length < sample.Length;
        char? said = Said(bytes.Span);
        int skip = said is null ? 0 : 1;
        char[] candidates = (options.Delimiter ?? (isTabs ? '\t' : said)) is { } one ? [one] : Usual;
        Sample best = candidates.Select(separator => new Sample(bytes, whole, separator, true, skip)).OrderByDescending(tried =>
            tried.Rank).ThenByDescending(tried => tried.Rank < 2 ? 0 : tried.Share)
            .ThenByDescending(tried => tried.Rank < 2 ? 0 : tried.Fields).First();
        if (isTabs && options.Delimiter is null)
        {
            var plain = new Sample(bytes, whole, '\t', false, skip);
            best = plain.Records.Exists(record => record.Any(field => field.StartsWith('"'))) && !best.IsMalformed && best.Share >= plain.Share
                ? best : plain;
        }

        int titles = options.ColumnNames is null ? best.Titles() : 0;
        return new DelimitedLayout(best.Separator, best.IsQuoted, skip + titles)
        {
            Titles = [.. best.Records.Take(titles).Select(record => string.Join(' ', record.Where(field => field.Length > 0)))],
        };
    }

    // Excel's first line: sep=; in quotes or without.
    private static char? Said(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
        string line = Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]).TrimStart('\uFEFF');
        line = line.Trim(' ').Trim('"');
        return line.Length >= 5 && line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && char.IsAscii(line[4])
            && line[5..].Trim(line[4], '"', ' ').Length == 0 ? line[4] : null;
    }

    /// <summary>The first records, split in one way.</summary>
    private sealed class Sample
    {
        public Sample(ReadOnlyMemory<byte> bytes, bool whole, char separator, bool isQuoted, int skip)
        {
            Separator = separator;
            IsQuoted = isQuoted;
            bool malformed = false;
            var options = new CsvReaderOptions
            {
                Separator = separator,
                HasHeader = false,
                DetectSeparatorHint = false,
                Mode = isQuoted ? CsvMode.Rfc4180 : CsvMode.NoEscape,
                OnMalformedRecord = record =>
                    malformed |= record.Reason is CsvMalformedReason.UnterminatedQuote or CsvMalformedReason.TextAfterClosingQuote,
            };
            try
            {
                using var reader = CsvReader.Create(bytes, options);
                while (Records.Count < SampleRecords + skip && reader.Read())
                {
                    IsMalformed = malformed;
                    Records.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetString(i).Trim())]);
                }

                // The last record of a part of a file may be cut.
                if (!whole && Records.Count is > 1 and < SampleRecords)
                {
                    Records.RemoveAt(Records.Count - 1);
                }
                else
                {
                    IsMalformed = malformed;
                }
            }
            catch (CsvFormatException)
            {
                IsMalformed = true;
            }

            Records.RemoveRange(0, Math.Min(skip, Records.Count));
            var usual = Records.Where(record => record.Length > 1).GroupBy(record => record.Length).OrderByDescending(group =>
                group.Count()).ThenByDescending(group => group.Key).FirstOrDefault();
            Fields = usual?.Key ?? 1;
            Share = usual is null ? 0 : usual.Count() / (double)Records.Count;

            // A header with as many fields as the rows is best; where nothing fits, the first line alone decides.
            bool hasHeader = Records.Count > 0 && Records[0].Length == Fields && Fields > 1 && Share >= 0.5 && IsHeader(Records[0]);
            int first = Titles() > 0 ? MostRank - 1 : Math.Min(Records.Count == 0 ? 0 : Records[0].Length, MostRank - 2);
            Rank = hasHeader ? MostRank : first;
        }

        /// <summary>How well the first lines look, split in this way; more is better.</summary>
        public int Rank { get; }

        public char Separator { get; }

        public bool IsQuoted { get; }

        public bool IsMalformed { get; }

        public List<string[]> Records { get; } = [];

        /// <summary>How many fields most records have.</summary>
        public int Fields { get; }

        /// <summary>The share of records that have as many.</summary>
        public double Share { get; }

        /// <summary>How many records before the header are titles: lines with fewer fields than all that follow, or with one field and empty
        /// ones.</summary>
        public int Titles()
        {
            int header = Records.FindIndex(record => record.Length == Fields && !IsPadded(record));
            if (Fields < 2 || header is <= 0 or > MostTitleLines || Records.Count < header + 2)
            {
                return 0;
            }

            bool titles = Records.Take(header).All(record => (record.Length < Fields || IsPadded(record)) && !record.Any(KnownNames.Contains));
            bool rows = Records.Skip(header).Count(record => record.Length == Fields) >= 0.8 * (Records.Count - header);
            return titles && rows && IsHeader(Records[header]) && !MayBeOneColumn(header) ? header : 0;
        }

        // A single word is a column's name rather than a title, unless many rows have what it has not.
        private bool MayBeOneColumn(int header) => header == 1 && Records[0] is [var word] && !word.Contains(' ')
            && (Records.Count < 7 || Records.Skip(1).Any(record => record.Length != Fields));

        private static bool IsPadded(string[] record) => record.Length > 1 && record[0].Length > 0 && record.Skip(1).All(field => field.Length == 0);

        private static bool IsHeader(string[] record) => record.Distinct().Count() == record.Length
            && record.All(name => name.Length is > 0 and <= LongestName && !name.Contains('\n')
                && !double.TryParse(name, NumberStyles.Any, CultureInfo.InvariantCulture, out _));
    }
}
