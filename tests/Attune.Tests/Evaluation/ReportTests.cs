using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Attune.Evaluation;

public sealed class ReportTests
{
    [Fact]
    public void A_report_is_read_as_it_was_written()
    {
        using var folder = new TemporaryFolder();
        var report = ExampleReport.Make();
        report.Write(folder.Path);
        byte[] written = File.ReadAllBytes(folder["report.json"]);
        var read = Report.Read(folder.Path);
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(ReportJson.Write(read)));
        Assert.Equal(report.HeldOut, read.HeldOut);
        Assert.Equal(report.Before.HeldOut!.Sums, read.Before.HeldOut!.Sums);
        Assert.Equal(report.Curves.TrainLoss, read.Curves.TrainLoss);
        Assert.Equal(report.Samples[2].Prompt, read.Samples[2].Prompt);
        Assert.Equal(File.ReadAllText(folder["report.html"]), ReportPage.Of(read));

        // What programs rely on.
        var json = JsonNode.Parse(written)!;
        Assert.Equal(1, (int)json["version"]!);
        Assert.Equal("better", (string?)json["held_out"]!["verdict"]);
        Assert.Equal(report.Before.HeldOut.Loss, (double)json["before"]!["held_out"]!["loss"]!);
        Assert.Equal(report.HeldOut!.Perplexity.Low, (double)json["held_out"]!["perplexity"]!["low"]!);
        Assert.Equal(report.HeldOut.Perplexity.Difference, (double)json["held_out"]!["perplexity"]!["difference"]!);
        Assert.Equal(400, json["curves"]!["train_loss"]!.AsArray().Count);
        Assert.Contains("هل يمكنك", Encoding.UTF8.GetString(written), StringComparison.Ordinal);

        // And the intervals can be had again from the file alone.
        Assert.Equal(report.HeldOut, read.Compare().HeldOut);
    }

    [Fact]
    public void Infinite_and_absent_numbers_survive()
    {
        var report = ExampleReport.Make() with { HeldOut = null, General = null, Before = new() { HeldOut = new() { Sums = [], Counts = [] } }, After = new() };
        var read = ReportJson.Parse(ReportJson.Write(report), "report.json");
        Assert.True(double.IsNaN(read.Before.HeldOut!.Loss));
        Assert.Null(read.After.HeldOut);
        Assert.Null(read.Compare().HeldOut);
        Assert.Contains("No rows were held out", ReportPage.Of(read), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\":\"1\"}")]
    [InlineData("{\"version\":1}")]
    [InlineData("{\"version\":2}")]
    [InlineData("{\"version\":1,\"name\":null}")]
    public void What_is_no_report_is_refused(string json) =>
        Assert.Equal(ExitCode.BadData, Assert.ThrowsAny<AttuneException>(() => ReportJson.Parse(Encoding.UTF8.GetBytes(json), "report.json")).ExitCode);

    [Fact]
    public void Broken_reports_are_refused_wherever_they_break()
    {
        byte[] whole = ReportJson.Write(ExampleReport.Make(rows: 12, steps: 30, samples: 1));
        var random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] broken = [.. whole];
            broken[random.Next(broken.Length)] = (byte)random.Next(256);
            broken = random.Next(4) == 0 ? broken[..random.Next(broken.Length)] : broken;
            try
            {
                ReportPage.Of(ReportJson.Parse(broken, "report.json"));
            }
            catch (AttuneException)
            {
                refused++;
            }
        }

        Assert.True(refused > 100, $"{refused} refused");
    }

    [Fact]
    public void An_absent_report_says_how_to_make_one()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCode.MissingInput, Assert.Throws<AttuneException>(() => Report.Read(folder.Path)).ExitCode);
    }

    [Fact]
    public void The_page_holds_what_it_must()
    {
        string page = ReportPage.Of(ExampleReport.Make());
        foreach (string text in new[]
        {
            "<!doctype html>", "lang=\"en\"", "name=\"viewport\"", "prefers-color-scheme: dark", "<h1>counsel</h1>", "Better on 100 held-out rows", "those of the validation split", "read all", "kept: step 1,000",
            "general text", "95 % interval", "no clear difference", "In the data", "It sounds exhausting", "What was forgotten", "attune chat runs/counsel --compare", "attune merge runs/counsel runs/counsel-merged",
            "42 min 24 s", "38 min 30 s", "3.4 GB", "38 % of the machine", "apache-2.0", "HuggingFaceTB/SmolLM2-135M", "212 rows were longer", "What this report cannot say", "chosen by the same rows", "libtorch 2.10.0", "all-linear",
        })
        {
            Assert.Contains(text, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_page_needs_neither_script_nor_network()
    {
        string page = ReportPage.Of(ExampleReport.Make());
        Assert.DoesNotMatch(@"(?i)<script|\bon[a-z]+\s*=\s*[""']|https?:|//[a-z]|url\(|@import|<link|<img|<iframe|\bsrc=|\bhref=", page);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Foreign_text_stays_text()
    {
        const string Hostile = "</p></title></style><script>alert(1)</script><img src=x onerror=\"alert('2')\">&amp;\0\u001b[31m";
        var clean = ExampleReport.Make(samples: 1);
        var hostile = clean with
        {
            Name = Hostile,
            Folder = Hostile,
            Model = new() { Source = Hostile, Family = Hostile, Precision = Hostile, Licence = Hostile, BaseModel = Hostile },
            Method = new() { Name = Hostile, IsAdapter = true, Settings = [new(Hostile, Hostile)] },
            Data = new() { Files = [Hostile], HeldOut = Hostile, General = Hostile },
            Settings = [new(Hostile, Hostile)],
            Samples = [new() { Prompt = [new(Hostile, Hostile)], Reference = Hostile, Before = Hostile, After = Hostile }],
            Notes = [Hostile],
            Cost = clean.Cost with { Machine = Hostile },
            Versions = new() { Attune = Hostile, Libtorch = Hostile, Runtime = Hostile, System = Hostile },
        };
        string page = ReportPage.Of(hostile);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\0', page);
        Assert.DoesNotContain('\u001b', page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("&amp;amp;", page, StringComparison.Ordinal);

        // The markup is the same whatever the texts are: tags of the one are tags of the other, but for the facts that only one has.
        Assert.Equal(Tags(ReportPage.Of(Harmless(hostile))), Tags(page));
    }

    [Fact]
    public void Its_markup_is_well_formed_and_labelled()
    {
        string page = ReportPage.Of(ExampleReport.Make());
        string body = Regex.Replace(page[page.IndexOf("<body", StringComparison.Ordinal)..page.IndexOf("</html>", StringComparison.Ordinal)], "<br>", "<br/>");
        var root = System.Xml.Linq.XElement.Parse(body);
        var ids = root.Descendants().Select(element => (string?)element.Attribute("id")).Where(id => id is not null).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(root.Descendants().SelectMany(element => ((string?)element.Attribute("aria-labelledby") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)), id => Assert.Contains(id, ids));
        Assert.Equal(4, root.Descendants("svg").Count());
        Assert.All(root.Descendants("svg"), svg => Assert.NotEmpty(svg.Element("desc")!.Value));
        Assert.All(root.Descendants("table"), table => Assert.NotEmpty(table.Element("caption")!.Value));
        Assert.All(root.Descendants("th"), header => Assert.NotNull(header.Attribute("scope")));
        Assert.Single(root.Descendants("h1"));
    }

    [Theory]
    [InlineData(-0.3, -0.02)]
    [InlineData(-0.3, 0.2)]
    [InlineData(0.3, 0.3)]
    [InlineData(0.0, -0.2)]
    public void A_page_is_written_for_every_outcome(double heldOut, double general)
    {
        var report = ExampleReport.Make(heldOut, general);
        Assert.Contains(VerdictSentence.Of(report).Split(':')[0], ReportPage.Of(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0", "0")]
    [InlineData(25.4321, "25.43", "+25.43")]
    [InlineData(-0.30156, "−0.302", "−0.30")]
    [InlineData(-0.000123, "−1.2e-4", "−1.2e-4")]
    [InlineData(1234.56, "1,234.6", "+1234.56")]
    [InlineData(double.PositiveInfinity, "infinite", "+infinite")]
    public void Figures_have_about_four_digits(double value, string plain, string besidePerplexity)
    {
        Assert.Equal(plain, Figures.Plain(value));
        Assert.Equal(besidePerplexity, Figures.Signed(value, 25.43));
    }

    [Theory]
    [InlineData(0.42, "0.4 s")]
    [InlineData(59.6, "1 min 0 s")]
    [InlineData(185, "3 min 5 s")]
    [InlineData(7325, "2 h 2 min")]
    public void Times_are_short(double seconds, string text) => Assert.Equal(text, Figures.Time(seconds));

    private static Report Harmless(Report report)
    {
        string json = Encoding.UTF8.GetString(ReportJson.Write(report));
        string hostile = JsonValue.Create(report.Name).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        return ReportJson.Parse(Encoding.UTF8.GetBytes(json.Replace(hostile, "\"harmless\"", StringComparison.Ordinal)), "report.json");
    }

    private static List<string> Tags(string page) => [.. Regex.Matches(page, "<[^>]*>").Select(match => match.Value)];
}
