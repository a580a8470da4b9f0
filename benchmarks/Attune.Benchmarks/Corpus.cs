using System.Text;
using System.Text.Json;
using Attune.Data;

namespace Attune.Benchmarks;

/// <summary>Paragraphs of the shared data, ten megabytes of them; none comes twice within one.</summary>
internal static class Corpus
{
    private const int Size = 10_000_000;

    private static readonly string[] Columns = ["questionText", "answerText"];
    private static readonly string[] Languages = ["de", "es", "zh", "en"];

    /// <summary>Questions and answers of counsel chat.</summary>
    public static List<string> English(string shared) => Filled([.. Counsel(shared)]);

    /// <summary>The same, with German, Spanish and Chinese articles and questions, and the JSON that these come in.</summary>
    public static List<string> Mixed(string shared)
    {
        var paragraphs = new List<string>();
        List<string> english = Counsel(shared);
        List<string> other = [.. Languages.SelectMany(language => Articles(Path.Combine(shared, "data", "xquad", $"xquad.{language}.json")))];
        for (int i = 0; i < Math.Max(english.Count, other.Count); i++)
        {
            paragraphs.AddRange(english.Skip(i).Take(1));
            paragraphs.AddRange(other.Skip(i).Take(1));
        }

        return Filled(paragraphs);
    }

    private static List<string> Counsel(string shared)
    {
        var source = new CsvFormat();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string file = Path.Combine(shared, "data", "counsel_chat", "20200325_counsel_chat.csv");
        return [.. source.Read(file, new ReadOptions(), new BadRows()).SelectMany(row => Columns
            .Select(column => row.TryGet(column, out JsonElement value) ? value.GetString() ?? "" : "")).Where(text => text.Length > 0 && seen.Add(text))];
    }

    private static List<string> Articles(string file)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
        var texts = new List<string>();
        foreach (JsonElement paragraph in json.RootElement.GetProperty("data").EnumerateArray().SelectMany(article => article.GetProperty("paragraphs").EnumerateArray()))
        {
            texts.Add(paragraph.GetProperty("context").GetString()!);
            texts.AddRange(paragraph.GetProperty("qas").EnumerateArray().Select(question => question.GetRawText()));
        }

        return texts;
    }

    // Over and over in the same order: all of them together are more than a megabyte.
    private static List<string> Filled(List<string> paragraphs)
    {
        int once = paragraphs.Sum(Encoding.UTF8.GetByteCount);
        if (once < 1_000_000)
        {
            throw new AttuneException(ExitCode.MissingInput, null, $"the paragraphs are {once} bytes; a megabyte at least is needed");
        }

        var filled = new List<string>();
        for (int i = 0, size = 0; size < Size; i++)
        {
            filled.Add(paragraphs[i % paragraphs.Count]);
            size += Encoding.UTF8.GetByteCount(filled[^1]);
        }

        return filled;
    }
}
