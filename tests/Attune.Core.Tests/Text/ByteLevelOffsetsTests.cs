using System.Text.Json.Nodes;

namespace Attune.Text;

/// <summary>
/// Offsets of byte-level tokenizers, whose tokens can begin and end inside a character: those of tokenizers 0.23.3, in UTF-16 units. The
/// last column is with the other add_prefix_space in the post-processor than in the pre-tokenizer.
/// </summary>
public sealed class ByteLevelOffsetsTests
{
    private static readonly (string Left, string Right)[] Merges = MakeMerges();

    [Theory]
    [InlineData(false, false, "", "", "")]
    [InlineData(false, false, "\uD83D\uDE00", "0-2 0-2", "0-2 0-2")]
    [InlineData(false, false, "\uD83D\uDE00a", "0-2 0-2 2-3", "0-2 0-2 2-3")]
    [InlineData(false, false, " \uD83D\uDE00", "0-3 1-3", "0-3 1-3")]
    [InlineData(false, false, "\uD83D\uDE00 ", "0-2 0-2 2-3", "0-2 0-2 2-3")]
    [InlineData(false, false, "a\uD83D\uDE00", "0-1 1-3 1-3", "0-1 1-3 1-3")]
    [InlineData(false, false, "\u4E2D", "0-1 0-1", "0-1 0-1")]
    [InlineData(false, false, "\u00A0\uD83D\uDE00", "0-1 1-3 1-3", "0-1 1-3 1-3")]
    [InlineData(false, false, "\u0301a", "0-1 0-1 1-2", "0-1 0-1 1-2")]
    [InlineData(false, false, "  a", "0-1 1-3", "0-1 1-3")]
    [InlineData(false, false, "\uD83D\uDC69\u200D\uD83D\uDC67 a", "0-2 0-2 0-2 2-3 2-3 2-3 3-5 3-5 3-5 5-7", "0-2 0-2 0-2 2-3 2-3 2-3 3-5 3-5 3-5 5-7")]
    [InlineData(false, true, "", "", "")]
    [InlineData(false, true, "\uD83D\uDE00", "0-2 0-2", "0-2 0-2")]
    [InlineData(false, true, "\uD83D\uDE00a", "0-2 0-2 2-3", "0-2 0-2 2-3")]
    [InlineData(false, true, " \uD83D\uDE00", "1-3 1-3", "0-3 1-3")]
    [InlineData(false, true, "\uD83D\uDE00 ", "0-2 0-2 3-3", "0-2 0-2 3-3")]
    [InlineData(false, true, "a\uD83D\uDE00", "0-1 1-3 1-3", "0-1 1-3 1-3")]
    [InlineData(false, true, "\u4E2D", "0-1 0-1", "0-1 0-1")]
    [InlineData(false, true, "\u00A0\uD83D\uDE00", "0-1 1-3 1-3", "0-1 1-3 1-3")]
    [InlineData(false, true, "\u0301a", "0-1 0-1 1-2", "0-1 0-1 1-2")]
    [InlineData(false, true, "  a", "1-1 2-3", "0-0 2-3")]
    [InlineData(false, true, "\uD83D\uDC69\u200D\uD83D\uDC67 a", "0-2 0-2 0-2 2-3 2-3 2-3 3-5 3-5 3-5 6-7", "0-2 0-2 0-2 2-3 2-3 2-3 3-5 3-5 3-5 6-7")]
    [InlineData(true, false, "", "", "")]
    [InlineData(true, false, "\uD83D\uDE00", "0-2 0-2", "0-2 0-2")]
    [InlineData(true, false, "\uD83D\uDE00a", "0-2 0-2 2-3", "0-2 0-2 2-3")]
    [InlineData(true, false, " \uD83D\uDE00", "0-3 1-3", "0-3 1-3")]
    [InlineData(true, false, "\uD83D\uDE00 ", "0-2 0-2 2-3", "0-2 0-2 2-3")]
    [InlineData(true, false, "a\uD83D\uDE00", "0-1 1-3 1-3", "0-1 1-3 1-3")]
    [InlineData(true, false, "\u4E2D", "0-1 0-1", "0-1 0-1")]
    [InlineData(true, false, "\u00A0\uD83D\uDE00", "0-1 0-1 1-3 1-3", "0-1 0-1 1-3 1-3")]
    [InlineData(true, false, "\u0301a", "0-1 0-1 0-1 1-2", "0-1 0-1 0-1 1-2")]
    [InlineData(true, false, "  a", "0-1 1-3", "0-1 1-3")]
    [InlineData(true, false, "\uD83D\uDC69\u200D\uD83D\uDC67 a", "0-2 0-2 0-2 2-3 2-3 2-3 3-5 3-5 3-5 5-7", "0-2 0-2 0-2 2-3 2-3 2-3 3-5 3-5 3-5 5-7")]
    [InlineData(true, true, "", "", "")]
    [InlineData(true, true, "\uD83D\uDE00", "0-2 0-2", "2-2 0-2")]
    [InlineData(true, true, "\uD83D\uDE00a", "0-2 0-2 2-3", "2-2 0-2 2-3")]
    [InlineData(true, true, " \uD83D\uDE00", "0-3 1-3", "1-3 1-3")]
    [InlineData(true, true, "\uD83D\uDE00 ", "0-2 0-2 3-3", "2-2 0-2 3-3")]
    [InlineData(true, true, "a\uD83D\uDE00", "0-1 1-3 1-3", "1-1 1-3 1-3")]
    [InlineData(true, true, "\u4E2D", "0-1 0-1", "1-1 0-1")]
    [InlineData(true, true, "\u00A0\uD83D\uDE00", "0-0 0-1 1-3 1-3", "1-1 0-1 1-3 1-3")]
    [InlineData(true, true, "\u0301a", "0-0 0-1 0-1 1-2", "1-1 0-1 0-1 1-2")]
    [InlineData(true, true, "  a", "0-0 2-3", "1-1 2-3")]
    [InlineData(true, true, "\uD83D\uDC69\u200D\uD83D\uDC67 a", "0-2 0-2 0-2 2-3 2-3 2-3 3-5 3-5 3-5 6-7", "2-2 0-2 0-2 2-3 2-3 2-3 3-5 3-5 3-5 6-7")]
    public void Offsets_are_those_of_the_tokenizers_library(bool prefix, bool trim, string text, string expected, string mixed)
    {
        Assert.Equal(expected, Offsets(text, prefix, ByteLevel(prefix, trim)));
        Assert.Equal(mixed, Offsets(text, prefix, ByteLevel(!prefix, trim)));
        string around = expected.Length == 0 ? "0-0 0-0" : $"0-0 {expected} 0-0";
        Assert.Equal(around, Offsets(text, prefix, Roberta(prefix, trim)));
    }

    private static string Offsets(string text, bool prefix, string postProcessor)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["tokenizer.json"], Json(prefix, postProcessor));
        Encoding encoding = Tokenizer.FromFile(folder["tokenizer.json"]).Encode(text);
        return string.Join(' ', encoding.Offsets.Select(range => $"{range.Start}-{range.End}"));
    }

    private static string ByteLevel(bool prefix, bool trim) =>
        $$"""{"type": "ByteLevel", "add_prefix_space": {{Text(prefix)}}, "trim_offsets": {{Text(trim)}}, "use_regex": true}""";

    private static string Roberta(bool prefix, bool trim) => $$"""
        {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "add_prefix_space": {{Text(prefix)}}, "trim_offsets": {{Text(trim)}}}
        """;

    private static string Text(bool value) => value ? "true" : "false";

    private static string Json(bool prefix, string postProcessor)
    {
        var vocabulary = new JsonObject { ["<s>"] = 0, ["<pad>"] = 1, ["</s>"] = 2, ["<unk>"] = 3 };
        IEnumerable<string> bytes = ByteAlphabet.Characters.ToArray().Select(character => character.ToString());
        foreach (string token in bytes.Concat(Merges.Select(merge => merge.Left + merge.Right)))
        {
            vocabulary[token] = vocabulary.Count;
        }

        var merges = new JsonArray([.. Merges.Select(merge => new JsonArray(merge.Left, merge.Right))]);
        return new JsonObject
        {
            ["pre_tokenizer"] = JsonNode.Parse(ByteLevel(prefix, trim: true)),
            ["post_processor"] = JsonNode.Parse(postProcessor),
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = merges },
        }.ToJsonString();
    }

    // Tokens that hold the space before an emoji with the first bytes of it, and its last bytes alone.
    private static (string Left, string Right)[] MakeMerges()
    {
        string emoji = ByteAlphabet.Spell("😀");
        string han = ByteAlphabet.Spell("中");
        string hard = ByteAlphabet.Spell("\u00A0");
        string line = ByteAlphabet.Spell("\n");
        const string space = "Ġ";
        return
        [
            (space, emoji[..1]), (emoji[..1], emoji[1..2]), (space + emoji[0], emoji[1..2]), (space, "a"), (space, space), ("a", "b"),
            (emoji[2..3], emoji[3..4]), (space + space, "a"), (space, han[..1]), (han[1..2], han[2..3]), (hard[..1], hard[1..2]),
            (space, hard[..1]), (line, line), (line, space), ("a", line),
        ];
    }
}
