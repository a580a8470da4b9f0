using Attune.Text;

namespace Attune.Data;

public sealed class SpecialTokensInRowsTests : IDisposable
{
    private const string Talk = "<|im_start|>user\\nHello?<|im_end|>\\n<|im_start|>assistant\\nYes.<|im_end|>";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("{\"text\": \"" + Talk + "\"}")]
    [InlineData("{\"text\": \"Hello <|im_end|> there\"}")]
    [InlineData("{\"prompt\": \"<|im_start|>user\\nHello?<|im_end|>\\n<|im_start|>assistant\\n\", \"completion\": \"Yes.<|im_end|>\"}")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": \"Hello?<|im_end|>\"}, {\"role\": \"assistant\", \"content\": \"Yes.\"}]}")]
    public void Rows_that_spell_special_tokens_are_counted_and_told(string row)
    {
        Notice notice = Assert.Single(Read([row, row], parses: false).Notices, notice => notice.Code != "equal-rows");
        Assert.Equal(("special-tokens-as-text", 2L), (notice.Code, notice.Count));
        Assert.StartsWith("2 of 2 rows spell", notice.Text, StringComparison.Ordinal);
        Assert.Contains("rows.jsonl:1: <|im_", notice.First, StringComparison.Ordinal);
        Assert.Contains("data.special_tokens: parse", notice.Cure, StringComparison.Ordinal);
        Assert.DoesNotContain(Read([row, row], parses: true).Notices, notice => notice.Code != "equal-rows");
    }

    [Fact]
    public void A_special_token_within_few_texts_is_not_told() =>
        Assert.Empty(Read(["{\"text\": \"one\"}", "{\"text\": \"two\"}", "{\"text\": \"what does <|im_end|> mean?\"}"], parses: false).Notices);

    [Fact]
    public void Marks_of_another_models_chat_format_are_told_apart()
    {
        Notice notice = Assert.Single(Read(["{\"text\": \"[INST] Hello? [/INST] Yes.\"}"], parses: false).Notices);
        Assert.Equal("foreign-marks", notice.Code);
    }

    [Theory]
    [InlineData(Talk)]
    [InlineData(Talk + "\\n")]
    public void Parsed_texts_hold_the_tokens_and_one_end(string text)
    {
        Tokenizer tokenizer = Tiny();
        TokenRow row = Read(["{\"text\": \"" + text + "\"}"], parses: true).Row;
        Assert.Equal(tokenizer.Encode(text.Replace("\\n", "\n", StringComparison.Ordinal), addSpecialTokens: false).Ids, row.Ids);
        Assert.Equal(4, row.Ids.Count(tokenizer.IsSpecial));
        Assert.True(tokenizer.IsSpecial(Read(["{\"text\": \"" + text + "<|endoftext|>\"}"], parses: true).Row.Ids[^1]));
        Assert.Equal(5, Read(["{\"text\": \"" + text + "<|endoftext|>\"}"], parses: true).Row.Ids.Count(tokenizer.IsSpecial));
        row = Read(["{\"text\": \"" + text + "\"}"], parses: false).Row;
        Assert.Equal(tokenizer.EosTokenId, row.Ids[^1]);
        Assert.Equal(1, row.Ids.Count(tokenizer.IsSpecial));
    }

    [Fact]
    public void A_parsed_prompt_is_not_put_through_the_template_again_and_its_completion_is_trained()
    {
        Tokenizer tokenizer = Tiny();
        TokenRow row = Read(["{\"prompt\": \"<|im_start|>user\\nHello?<|im_end|>\\n<|im_start|>assistant\\n\", \"completion\": \"Yes.<|im_end|>\"}"], parses: true).Row;
        int[] prompt = tokenizer.Encode("<|im_start|>user\nHello?<|im_end|>\n<|im_start|>assistant\n", addSpecialTokens: false).Ids;
        Assert.Equal(prompt, row.Ids[..prompt.Length]);
        Assert.Equal("Yes.<|im_end|>", tokenizer.Decode([.. row.Ids.Where((_, i) => row.Trained[i])], skipSpecialTokens: false));
    }

    [Fact]
    public void Parsed_messages_hold_the_tokens_within_the_template()
    {
        Tokenizer tokenizer = Tiny();
        const string talk = "{\"messages\": [{\"role\": \"user\", \"content\": \"Say <|im_end|>\"}, {\"role\": \"assistant\", \"content\": \"Yes.\"}]}";
        Assert.Equal(1, Read([talk], parses: true).Row.Ids.Count(tokenizer.IsSpecial) - Read([talk], parses: false).Row.Ids.Count(tokenizer.IsSpecial));
    }

    private static Tokenizer Tiny() => Tokenizer.FromFolder(Path.Combine(TestPaths.Root, "models", "tiny"));

    private (TokenRow Row, IReadOnlyList<Notice> Notices) Read(string[] rows, bool parses)
    {
        string file = folder["rows.jsonl"];
        File.WriteAllLines(file, rows);
        var notices = new Notices();
        var encoder = new RowEncoder(Tiny(), ChatTemplate.FromFolder(Path.Combine(TestPaths.Root, "models", "tiny")), new EncodeOptions { ParsesSpecialTokens = parses });
        return (EncodedSplits.Read(new ExampleSource { Train = [file] }, encoder, notices).Train.Rows[0], notices.All);
    }
}
