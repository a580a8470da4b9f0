using System.Text;

namespace Attune.Data;

public sealed class CsvTests
{
    [Fact]
    public void Quotes_hold_delimiters_lines_and_quotes()
    {
        (DataRow[] rows, BadRows bad) = Read("q,a\n\"one, \"\"two\"\"\r\nthree\",four\n\nfive \"six\",\n");
        Assert.Empty(bad.Rows);
        Assert.Equal("one, \"two\"\nthree", rows[0].Fields.GetProperty("q").GetString());
        Assert.Equal("five \"six\"", rows[1].Fields.GetProperty("q").GetString());
        Assert.Equal([2L, 5L], rows.Select(row => row.Place.Number));
    }

    [Fact]
    public void A_row_with_another_number_of_fields_is_bad_and_reading_goes_on()
    {
        (DataRow[] rows, BadRows bad) = Read("q,a\nx\n1,2,3\ny,z\n");
        Assert.Equal(["1 field where the header has 2", "3 fields where the header has 2"], bad.Rows.Select(row => row.Reason));
        Assert.Equal([2L, 3L], bad.Rows.Select(row => row.Line));
        Assert.Equal(4, Assert.Single(rows).Place.Number);
    }

    [Fact]
    public void Invalid_bytes_and_nul_are_bad_and_a_replacement_character_is_text()
    {
        (DataRow[] rows, BadRows bad) = Read([.. "q,a\ncaf"u8, 0xE9, .. ",b\nx\0,b\n\uFFFD,b\n"u8]);
        Assert.Equal(["invalid UTF-8 in column \"q\" (save the file as UTF-8)", "a NUL character in column \"q\" (save the file as UTF-8)"], bad.Rows.Select(row => row.Reason));
        Assert.Equal("\uFFFD", Assert.Single(rows).Fields.GetProperty("q").GetString());
    }

    [Fact]
    public void A_quote_that_is_not_closed_is_named_with_its_line()
    {
        (DataRow[] rows, BadRows bad) = Read("q,a\n1,2\n\"x,y\nmore\n");
        Assert.Single(rows);
        Assert.Equal((3, "a quote that is not closed before the file ends"), (bad.Rows[0].Line, bad.Rows[0].Reason));
    }

    [Fact]
    public void A_quote_that_swallows_a_large_file_does_not_fill_the_memory()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "large.csv");
        using (StreamWriter file = File.CreateText(path))
        {
            file.Write("q,a\n1,2\n3,\"4\n");
            for (int i = 0; i < 1_000_000; i++)
            {
                file.Write("some more text without a quote, and a comma\n");
            }
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        var bad = new BadRows();
        Assert.Single(RowFormats.Read(path, ReadOptions.Default, bad));
        Assert.Contains("a row of more than 4 MiB", Assert.Single(bad.Rows).Reason);
        Assert.Equal(3, bad.Rows[0].Line);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
    }

    [Theory]
    [InlineData("q;a\n1,5;2\n")]
    [InlineData("q\ta\n1,5\t2\n")]
    public void The_delimiter_is_told_by_the_file(string csv) => Assert.Equal("1,5", Assert.Single(Read(csv).Rows).Fields.GetProperty("q").GetString());

    [Fact]
    public void Byte_order_marks_are_read_over_and_utf_16_is_understood()
    {
        Assert.Equal(["q", "a"], Assert.Single(Read("\uFEFFq,a\n1,2\n").Rows).Columns);
        byte[] utf16 = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("q,a\né,2\n")];
        Assert.Equal("é", Assert.Single(Read(utf16).Rows).Fields.GetProperty("q").GetString());
    }

    [Fact]
    public void Names_that_stand_twice_are_refused() =>
        Assert.Contains("two columns are named \"q\"", Assert.Throws<AttuneException>(() => Read("q,q\n1,2\n")).Message);

    [Fact]
    public void Tab_separated_quotes_are_text()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.tsv", "she said \"no\tham\n\"half\tspam\n");
        DataRow[] rows = RowFormats.Read(path, new ReadOptions { ColumnNames = ["text", "label"] }, new BadRows()).ToArray();
        Assert.Equal(["she said \"no", "\"half"], rows.Select(row => row.Fields.GetProperty("text").GetString()));
    }

    [Theory]
    [InlineData("sep=;\nq;a\n1,5;2\n", 3)]
    [InlineData("\"sep=;\"\r\nq;a\r\n1,5;2\r\n", 3)]
    [InlineData("\uFEFFsep=;\nq;a\n1,5;2\n", 3)]
    [InlineData("\"sep=\t\"\nq\ta\n1,5\t2\n", 3)]
    [InlineData("sep=,\nq,a\n\"1,5\",2;3;4;5\n", 3)]
    public void Excels_first_line_names_the_separator(string csv, int line)
    {
        DataRow row = Assert.Single(Read(csv).Rows);
        Assert.Equal(["q", "a"], row.Columns);
        Assert.Equal(("1,5", (long)line), (row.Fields.GetProperty("q").GetString(), row.Place.Number));
    }

    [Theory]
    [InlineData("Survey of 2026\nq,a\n1,2\n3,4\n", "Survey of 2026")]
    [InlineData("Survey of 2026;\nq;a\n1,5;2\n3,5;4\n", "Survey of 2026")]
    [InlineData("\"Survey, spring\",,\n\nq,a,b\n1,2,3\n3,4,5\n", "Survey, spring")]
    public void Titles_above_the_header_are_passed_over_and_told(string csv, string title)
    {
        var (rows, bad) = Read(csv);
        Assert.Equal(2, rows.Length);
        Assert.Equal(["q", "a"], rows[0].Columns.Take(2));
        Notice notice = Assert.Single(bad.Notices.All);
        Assert.Equal(("title-lines", 1L), (notice.Code, notice.Count));
        Assert.EndsWith(title, notice.First);
    }

    [Theory]
    [InlineData("text\nHello, world\nBye, all\n", "text")]
    [InlineData("note\nHello\nBye, all\n", "note")]
    [InlineData("note\nHello|there\nBye|all\n", "note")]
    [InlineData("q,a\n1;2,x\n2;3,y\n", "q")]
    [InlineData("q,a,b\n1,2\n3,4\n", "q")]
    [InlineData("a,b\n1,2,3\n2,3,4\n", "a")]
    [InlineData(",text\n1,a\n2,b\n", "column 1")]
    [InlineData("q,a\n1,2\n3,4,5\n", "q")]
    public void A_header_is_not_taken_for_a_title(string csv, string first)
    {
        using var folder = new TempFolder();
        var bad = new BadRows(100);
        DataRow[] rows = [.. RowFormats.Read(folder.Write("a.csv", csv), ReadOptions.Default, bad)];
        Assert.Empty(bad.Notices.All);
        Assert.Equal(2, rows.Length + bad.Rows.Count);
        Assert.All(rows, row => Assert.Equal(first, row.Columns.First()));
    }

    [Theory]
    [InlineData("q|a\nx, y; z|2\nu, v|3\n", null)]
    [InlineData("q^a\nx, y; z^2\nu, v^3\n", '^')]
    [InlineData("q;a\n\"x, y; z\";2\n\"u, v\";3\n", null)]
    [InlineData("q a\n\"x, y; z\" 2\n\"u, v\" 3\n", ' ')]
    public void Other_separators_are_told_by_the_file_or_the_user(string csv, object? separator)
    {
        using var folder = new TempFolder();
        var rows = RowFormats.Read(folder.Write("a.csv", csv), new ReadOptions { Delimiter = (char?)separator }, new BadRows()).ToArray();
        Assert.Equal(["x, y; z", "u, v"], rows.Select(row => row.Fields.GetProperty("q").GetString()));
    }

    [Theory]
    [InlineData("q\ta\n\"one\ttwo\"\t\"x\"\n\"a \"\"b\"\"\r\nc\"\t\"y\"\n", "one\ttwo", "a \"b\"\nc")]
    [InlineData("q\ta\n\"one\"\tx\n\"two\" of \"three\"\ty\n", "\"one\"", "\"two\" of \"three\"")]
    [InlineData("q\ta\n5\" pipe\tx\nsay \"no\"\ty\n", "5\" pipe", "say \"no\"")]
    [InlineData("q\ta\n\"half\tx\n\"whole\"\ty\n", "\"half", "\"whole\"")]
    [InlineData("\"q\"\t\"a\"\n\"one\"\t\"x\"\n\"two\"\t\"y\"\n", "one", "two")]
    public void Quotes_of_tab_separated_files_hold_fields_where_they_do_so_everywhere(string tsv, string first, string second)
    {
        using var folder = new TempFolder();
        var rows = RowFormats.Read(folder.Write("a.tsv", tsv), ReadOptions.Default, new BadRows()).ToArray();
        Assert.Equal([first, second], rows.Select(row => row.Fields.GetProperty("q").GetString()));
    }

    [Fact]
    public void Rows_that_nobody_filled_are_passed_over()
    {
        var (rows, bad) = Read("q;a\n1;2\n;\n;;\n3;4\n\n;\n\r\n");
        Assert.Empty(bad.Rows);
        Assert.Equal([2L, 5L], rows.Select(row => row.Place.Number));
    }

    [Fact]
    public void A_mapping_joins_columns_with_text_trims_and_drops_what_is_empty()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.csv", "title,text,answer\n Sleep , I cannot ,\" Try {this} \"\nx,y,  \n,only text,z\n");
        var options = new ExampleSource { Train = [path], Map = [new("system", "You {{help}}."), new("user", "{title}\n\n{text}"), new("assistant", "{answer}")] };
        ExampleSet set = ExampleSet.Load(options);
        Assert.Equal((3, 1), (set.Counts.Rows, set.Counts.Empty));
        Assert.Equal(["system: You {help}.", "user: Sleep\n\nI cannot", "assistant: Try {this}"], ((Conversation)set.Train[0]).Messages.Select(message => message.ToString()));
        Assert.Equal("only text", ((Conversation)set.Train[1]).Messages[1].Content);
        Assert.Contains("a text that the row needs is empty", Assert.Throws<BadDataException>(() => ExampleSet.Load(options with { DropEmpty = false })).Message);
    }

    [Theory]
    [InlineData("{questoin}", "{a}", "there is no column \"questoin\" (did you mean \"question\"?)")]
    [InlineData("question", "{a}", "user: \"question\" names no column; write \"{question}\"")]
    [InlineData("{question", "{a}", "opens a brace and does not close it")]
    [InlineData("question}", "{a}", "closes a brace that it does not open")]
    [InlineData("{}", "{a}", "names no column between")]
    public void A_wrong_mapping_is_refused(string user, string assistant, string words)
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.csv", "question,a\n1,2\n");
        AttuneException error = Assert.Throws<AttuneException>(() => ExampleSet.Load(new ExampleSource
        {
            Train = [path],
            Map = [new("user", user), new("assistant", assistant)],
        }));
        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains(words, error.Message);
    }

    [Fact]
    public void An_unknown_role_of_a_mapping_is_refused() =>
        Assert.Contains("unknown role \"asistant\" (did you mean \"assistant\"?)", Assert.Throws<AttuneException>(() => new ExampleReader(new ExampleSource
        {
            Train = ["x"],
            Map = [new("user", "{q}"), new("asistant", "{a}")],
        })).Message);

    [Fact]
    public void Counsel_chat_has_its_rows()
    {
        string path = TestPaths.SharedOrSkip("data/counsel_chat/20200325_counsel_chat.csv");
        ExampleSet set = ExampleSet.Load(CounselChat(path));
        Assert.Equal(2_129, set.Counts.Rows);
        Assert.Equal((1_839, 173, 117), (set.Train.Count, set.Validation.Count, set.Test.Count));
    }

    internal static ExampleSource CounselChat(string path) => new()
    {
        Train = [path],
        Map = [new("user", "{questionTitle}\n\n{questionText}"), new("assistant", "{answerText}")],
        Split = new SplitRule { Column = "split" },
    };

    private static (DataRow[] Rows, BadRows Bad) Read(string csv) => Read(Encoding.UTF8.GetBytes(csv));

    private static (DataRow[] Rows, BadRows Bad) Read(byte[] csv)
    {
        using var folder = new TempFolder();
        var bad = new BadRows(100);
        return (RowFormats.Read(folder.Write("a.csv", csv), ReadOptions.Default, bad).ToArray(), bad);
    }
}
