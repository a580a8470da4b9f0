using System.Text.Json;

namespace Attune.Data;

/// <summary>What the embedded model learnt from holds nothing of what it is measured on.</summary>
public sealed class TinyModelTextTests
{
    private static string Root => TestPaths.Root;

    [Fact]
    public void No_text_is_a_near_duplicate_of_a_coaching_conversation_or_of_the_general_text()
    {
        string[] texts = [.. Messages("models/tiny/text"), .. Messages("models/tiny/text", whole: true)];
        string[] coach = [.. Messages("samples/coach"), .. Messages("samples/coach", whole: true)];
        string[] general = [.. File.ReadAllText(Path.Combine(Root, "models", "general", "general.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        Assert.True(texts.Length > 10_000 && coach.Length > 1_000 && general.Length >= 40, $"{texts.Length}, {coach.Length}, {general.Length}");

        // A sentence of a few words ("Tell me more.") may be anybody's.
        string[] Long(string[] all) => [.. all.Where(text => text.Count(c => c == ' ') >= 7)];
        Assert.Equal(0, NearDuplicates.Count(Long(texts), Long(coach), 0.3));
        Assert.Equal(0, NearDuplicates.Count(Long(texts), Long(general), 0.3));

        // The count counts: a text with a few words changed is found.
        string changed = Long(coach)[5] + " and so on";
        Assert.Equal(1, NearDuplicates.Count([changed], Long(coach), 0.3));
    }

    private static IEnumerable<string> Messages(string folder, bool whole = false) =>
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.jsonl").Order(StringComparer.Ordinal)
        from line in File.ReadLines(file)
        let contents = JsonDocument.Parse(line).RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("content").GetString()!)
        from text in whole ? [string.Join(' ', contents)] : contents
        select text;
}
