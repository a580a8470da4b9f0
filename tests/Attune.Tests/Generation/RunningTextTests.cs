using Attune.Text;

namespace Attune.Generation;

public sealed class RunningTextTests
{
    private static Tokenizer? opened;

    // Opened by the test that asks first: a static field would turn the skip, where the file is absent, into a failure.
    private static Tokenizer Tokenizer => opened ??= Tokenizer.FromFolder(TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf/hf"));

    [Fact]
    public void No_piece_holds_half_a_character_and_together_they_are_the_text()
    {
        const string Text = "Grüße, 世界! 👩‍👩‍👧 naïve 🎈";
        var pieces = Pieces(Text, []);
        Assert.True(pieces.Count > 5);
        Assert.All(pieces, piece => Assert.DoesNotContain('\uFFFD', piece));
        Assert.Equal(Text, string.Concat(pieces));
    }

    [Theory]
    [InlineData("One, two, three.", "two", "One, ")]
    [InlineData("One, two, three.", ", th", "One, two")]
    [InlineData("One, two, three.", "three.!", "One, two, three.")]
    [InlineData("aab aaab", "aaab", "aab ")]
    public void A_stop_string_and_what_follows_is_no_part_of_the_text(string text, string stop, string expected)
    {
        var pieces = Pieces(text, [stop]);
        Assert.Equal(expected, string.Concat(pieces));
        string soFar = "";
        foreach (string piece in pieces)
        {
            soFar += piece;
            Assert.StartsWith(soFar, expected);
        }
    }

    [Fact]
    public void A_text_that_goes_on_keeps_its_first_space()
    {
        using var gguf = Formats.Gguf.Open(TestPaths.SharedOrSkip("models/w_stories260K/stories260K.gguf"));
        var spaces = Tokenizer.FromGguf(gguf.Metadata, gguf.Path);
        int[] before = [.. spaces.Encode("Once upon").Ids], all = [.. spaces.Encode("Once upon a time").Ids];
        Assert.Equal(" a time", Concatenate(new RunningText(spaces, [], before), all[before.Length..]));
        Assert.Equal("a time", Concatenate(new RunningText(spaces, [], []), all[before.Length..]));
    }

    [Theory]
    [InlineData("park", "in the park and", "park")]
    [InlineData("ark", "in the park and", "park")]
    [InlineData("the p", "in the park and", "park")]
    [InlineData("ß", "Stoß an", "ß")]
    [InlineData("<|im_end|>", "ok<|im_end|>", "<|im_end|>")]
    public void The_token_that_completes_a_stop_string_is_found(string stop, string text, string within)
    {
        var stops = new StopStrings(Tokenizer, [stop]);
        int[] ids = [.. Tokenizer.Encode(text, addSpecialTokens: false).Ids];
        int[] completing = [.. Enumerable.Range(1, ids.Length).Where(length => stops.CompletedBy(ids.AsSpan(0, length)))];
        int found = Assert.Single(completing);
        string decoded = Tokenizer.Decode(ids.AsSpan(0, found), skipSpecialTokens: false);
        Assert.EndsWith(within, decoded);
        Assert.DoesNotContain(stop, Tokenizer.Decode(ids.AsSpan(0, found - 1), skipSpecialTokens: false));
    }

    private static List<string> Pieces(string text, string[] stops)
    {
        var running = new RunningText(Tokenizer, stops, []);
        return [.. Tokenizer.Encode(text, addSpecialTokens: false).Ids.Select(running.Push).ToList().Append(running.Finish()).Where(piece => piece.Length > 0)];
    }

    private static string Concatenate(RunningText running, int[] tokens) => string.Concat(tokens.Select(running.Push).ToList().Append(running.Finish()));
}
