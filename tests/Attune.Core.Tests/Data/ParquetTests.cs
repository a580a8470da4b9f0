using CsCheck;
using Parquet;
using Parquet.Schema;
using Parquet.Serialization;

namespace Attune.Data;

public sealed class ParquetTests
{
    private static readonly ParquetSchema Schema = new(
        new DataField<string>("topic"),
        new DataField<int>("votes", nullable: true),
        new DataField<double>("score"),
        new DataField<bool>("open"),
        new DateTimeDataField("asked", DateTimeFormat.DateAndTimeMicros),
        new ListField("messages", new StructField("element", new DataField<string>("role"), new DataField<string>("content"))));

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Brotli)]
    [InlineData(CompressionMethod.Zstd)]
    [InlineData(CompressionMethod.Lz4Raw)]
    public async Task Rows_that_another_library_wrote_are_read(CompressionMethod compression)
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.parquet", await Write(compression, 2_500));
        ExampleSet set = ExampleSet.Load(new ExampleSource { Train = [path] });
        Assert.Equal(2_500, set.Train.Count);
        Assert.Equal(path + ":row 1235", set.Train[1_234].Place.ToString());
        Assert.Equal("user: question 1234 " + Filler(1_234) + "|assistant: answer 1234", string.Join('|', ((Conversation)set.Train[1_234]).Messages));

        DataRow row = RowFormats.Read(path, ReadOptions.Default, new BadRows()).ElementAt(7);
        Assert.Equal(["topic", "votes", "score", "open", "asked", "messages"], row.Columns);
        Assert.Equal("""{"topic":"t1","votes":null,"score":3.5,"open":true,"asked":"2024-05-06T07:08:09","messages":""", row.Fields.GetRawText()[..92]);
    }

    [Fact]
    public async Task Rows_that_break_the_rules_have_their_number()
    {
        using var folder = new TempFolder();
        var schema = new ParquetSchema(new DataField<string>("prompt"), new DataField<string>("completion"));
        var rows = Enumerable.Range(0, 10).Select(i => new Dictionary<string, object?> { ["prompt"] = "p" + i, ["completion"] = i == 3 ? "with \0 NUL" : i == 5 ? null : "c" }).ToList();
        using var stream = new MemoryStream();
        await ParquetSerializer.SerializeUntypedAsync(rows!, schema, stream, cancellationToken: TestContext.Current.CancellationToken);
        string path = folder.Write("a.parquet", stream.ToArray());
        BadRow[] bad = [.. Assert.Throws<BadDataException>(() => ExampleSet.Load(new ExampleSource { Train = [path], Form = "prompt-completion" })).Rows];
        Assert.Equal([$"{path}:row 4: a NUL character in column \"completion\"", $"{path}:row 6: \"completion\" is missing"], bad.Select(row => $"{row.Place}: {row.Reason}"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_encoding_is_read_in_both_layouts(bool second) =>
        Gen.Select(Gen.Select(Gen.Int[0, 5], Gen.String[Gen.Char['a', 'e'], 0, 12], (count, text) => string.Concat(Enumerable.Repeat(text + "é", count))).Array[1, 300], Gen.Long.Array[300]).Sample((texts, numbers) =>
        {
            int n = texts.Length;
            numbers = numbers[..n];
            double[] reals = [.. numbers.Select(number => number / 7.0)];
            string[] entries = [.. texts.Distinct()];
            int width = System.Numerics.BitOperations.Log2((uint)Math.Max(1, entries.Length - 1)) + 1;
            bool[] there = [.. numbers.Select(number => number % 3 != 0)];
            (int, int)[] definitions = [.. there.Select(value => (value ? 1 : 0, 1))];
            (int, int)[] repetitions = [.. Enumerable.Range(0, n).Select(i => (i == 0 ? 0 : 1, 1))];
            byte[] file = new ParquetBuilder()
                .Column("plain", 6, 0, n, ParquetBuilder.Plain(texts), second)
                .Column("length", 6, 6, n, ParquetBuilder.DeltaLength(texts), second)
                .Column("prefix", 6, 7, n, ParquetBuilder.DeltaPrefix(texts), second)
                .Column("delta", 2, 5, n, ParquetBuilder.Delta(numbers), second)
                .Column("stream", 5, 9, n, ParquetBuilder.ByteStream(reals), second)
                .Column("dictionary", 6, 8, n, [(byte)width, .. ParquetBuilder.Rle([.. texts.Select(text => (uint)Array.IndexOf(entries, text))], width)], second, dictionary: ParquetBuilder.Plain(entries), entries: entries.Length)
                .Column("nulls", 6, 0, n, ParquetBuilder.Plain(texts.Where((_, i) => there[i])), second, definitions)
                .Build(n);
            using var folder = new TempFolder();
            DataRow[] rows = [.. RowFormats.Read(folder.Write("a.parquet", file), ReadOptions.Default, new BadRows())];
            byte[] list = new ParquetBuilder()
                .Column("list", 6, 0, n, ParquetBuilder.Plain(texts), second, [.. texts.Select(_ => (3, 3))], repetitions).Build(1);
            DataRow one = RowFormats.Read(folder.Write("b.parquet", list), ReadOptions.Default, new BadRows()).Single();
            return rows.Length == n && one.Fields.GetProperty("list").EnumerateArray().Select(text => text.GetString()).SequenceEqual(texts)
                && rows.Select((row, i) => (row, i)).All(pair => new[] { "plain", "length", "prefix", "dictionary" }.All(name => pair.row.Fields.GetProperty(name).GetString() == texts[pair.i])
                    && pair.row.Fields.GetProperty("delta").GetInt64() == numbers[pair.i]
                    && pair.row.Fields.GetProperty("stream").GetDouble() == reals[pair.i]
                    && pair.row.Fields.GetProperty("nulls").GetString() == (there[pair.i] ? texts[pair.i] : null));
        }, iter: 40, threads: 1);

    [Fact]
    public async Task Damaged_files_are_refused_or_read_and_nothing_else()
    {
        byte[][] seeds =
        [
            await Write(CompressionMethod.Snappy, 40), await Write(CompressionMethod.Zstd, 40), await Write(CompressionMethod.Gzip, 40), await Write(CompressionMethod.Lz4Raw, 40),
            Small(false), Small(true),
        ];
        using var folder = new TempFolder();
        int read = 0, refused = 0;
        var random = new Random(20);
        for (int i = 0; i < 3_000; i++)
        {
            byte[] file = Mutate(seeds[i % seeds.Length], random);
            string path = folder.Write("a.parquet", file);
            var bad = new BadRows(int.MaxValue);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read += RowFormats.Read(path, ReadOptions.Default, bad).LongCount() >= 0 ? 1 : 0;
            }
            catch (AttuneException error)
            {
                Assert.Equal(ExitCode.BadData, error.ExitCode);
                Assert.StartsWith(path, error.Message);
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2L * file.Length + (16 << 20));
        }

        Assert.InRange(read, 100, 2_900);
        Assert.Equal(3_000, read + refused);
    }

    [Theory]
    [InlineData(new byte[0], "this is no Parquet file")]
    [InlineData(new byte[] { 80, 65, 82, 49, 0, 0, 0, 0, 0, 0, 0, 0, 80, 65, 82, 48 }, "does not end with PAR1")]
    [InlineData(new byte[] { 80, 65, 82, 49, 255, 255, 255, 127, 80, 65, 82, 49 }, "the footer claims 2147483647 bytes")]
    [InlineData(new byte[] { 80, 65, 82, 49, 0x15, 0x80, 0x80, 0x80, 4, 0, 0, 0, 80, 65, 82, 49 }, "a number needs 1 bytes, but 0 are left")]
    public void Broken_files_say_what_is_wrong(byte[] file, string words)
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.parquet", file);
        Assert.Contains(words, Assert.ThrowsAny<AttuneException>(() => RowFormats.Read(path, ReadOptions.Default, new BadRows()).Count()).Message);
    }

    private static byte[] Small(bool second) => new ParquetBuilder()
        .Column("prefix", 6, 7, 5, ParquetBuilder.DeltaPrefix(["ab", "abc", "abd", "x", ""]), second)
        .Column("delta", 2, 5, 5, ParquetBuilder.Delta([1, -5, 100, 3, 4]), second)
        .Column("dictionary", 6, 8, 5, [1, .. ParquetBuilder.Rle([0, 1, 1, 0, 1], 1)], second, dictionary: ParquetBuilder.Plain(["yes", "no"]), entries: 2)
        .Column("nulls", 6, 0, 5, ParquetBuilder.Plain(["a", "b"]), second, [(1, 1), (0, 1), (0, 1), (1, 1), (0, 1)])
        .Build(5);

    // Mostly where the structure is: the footer at the end, the page headers between; sometimes cut, sometimes with bytes put in or taken out.
    private static byte[] Mutate(byte[] seed, Random random)
    {
        List<byte> bytes = [.. seed];
        for (int changes = 1 + random.Next(4); changes > 0; changes--)
        {
            int footer = Math.Min(bytes.Count, 8 + (bytes.Count > 8 ? bytes[^8] | bytes[^7] << 8 : 0));
            int at = random.Next(3) > 0 ? bytes.Count - 1 - random.Next(Math.Max(1, footer)) : random.Next(bytes.Count);
            switch (random.Next(8))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes[at] = 255; break;
                case 3: bytes[at] = 0; break;
                case 4: bytes[at]++; break;
                case 5: bytes.Insert(at, (byte)random.Next(256)); break;
                case 6 when bytes.Count > 20: bytes.RemoveAt(at); break;
                case 7 when random.Next(10) == 0: bytes.RemoveRange(at, bytes.Count - at); bytes.Add(0); break;
            }
        }

        return [.. bytes];
    }

    private static string Filler(int row) => string.Concat(Enumerable.Repeat("words and more words ", row % 40));

    private static async Task<byte[]> Write(CompressionMethod compression, int count)
    {
        IReadOnlyCollection<IDictionary<string, object?>> rows = [.. Enumerable.Range(0, count).Select(i => (IDictionary<string, object?>)new Dictionary<string, object?>
        {
            ["topic"] = "t" + i % 3,
            ["votes"] = i % 7 == 0 ? null : i,
            ["score"] = i / 2.0,
            ["open"] = i % 2 == 1,
            ["asked"] = new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc),
            ["messages"] = new List<IDictionary<string, object?>>
            {
                new Dictionary<string, object?> { ["role"] = "user", ["content"] = $"question {i} {Filler(i)}" },
                new Dictionary<string, object?> { ["role"] = "assistant", ["content"] = $"answer {i}" },
            },
        })];
        using var stream = new MemoryStream();
        await ParquetSerializer.SerializeUntypedAsync(rows, Schema, stream, new ParquetOptions { CompressionMethod = compression, RowGroupSize = 1_000 });
        return stream.ToArray();
    }
}
