using Attune.Text;

namespace Attune.Data;

public sealed class EncodingTests
{
    private const string Template = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

    [Fact]
    public void A_conversation_trains_its_replies_and_their_end()
    {
        EncodedData data = Encode(Rows(("ab", "cd"))).Train;
        TokenRow row = Assert.Single(data.Rows);
        Assert.Equal("<|user|>ab<|end|><|assistant|>cd<|end|>", Show(row, _ => true));
        Assert.Equal("cd<|end|>", Show(row, i => row.Trained[i]));
        Assert.Equal((1, 8, 3, 1.0), (data.Counts.Rows, data.Counts.Tokens, data.Counts.TrainedTokens, data.Counts.EndTrainedShare));
        Assert.Equal(1, data.Places[0].Number);
    }

    [Fact]
    public void Cutting_is_counted_and_leaves_out_what_has_nothing_left_to_train()
    {
        EncodingCounts counts = Encode(Rows(("ab", "cdef"), ("abcdefgh", "c"), ("a", "b")), new EncodeOptions { MaxTokens = 7 }).Train.Counts;
        Assert.Equal((2, 1, 3, 1), (counts.Rows, counts.Truncated, counts.TokensCut, counts.TooLong));
        Assert.Equal(0.5, counts.EndTrainedShare);
    }

    [Fact]
    public void All_rows_too_long_is_an_error_that_names_the_length()
    {
        AttuneException error = Assert.Throws<AttuneException>(() => Encode(Rows(("abcdefgh", "c"), ("abcdef", "c")), new EncodeOptions { MaxTokens = 4 }));
        Assert.Equal(ExitCode.BadData, error.ExitCode);
        Assert.Contains("all 2 train rows are too long: the first reply begins after token 9 at the earliest, max_tokens is 4; raise max_tokens above 9", error.Message);
    }

    [Fact]
    public void No_trained_token_is_an_error() =>
        Assert.Contains("none of the 1 train rows has a token to train", Assert.Throws<AttuneException>(() =>
            Encode("""{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}]}""")).Message);

    [Fact]
    public void A_sample_is_of_rows_that_are_usable()
    {
        string rows = Rows(("abcdefgh", "c"), ("a", "b"), ("a", "c"), ("abcdefgh", "d"), ("a", "d"));
        for (int seed = 0; seed < 8; seed++)
        {
            EncodedSplits splits = Encode(rows, new EncodeOptions { MaxTokens = 8 }, new SplitRule { TrainMost = 2, Seed = seed });
            Assert.Equal(2, splits.Train.Rows.Count);
            Assert.All(splits.Train.Places, place => Assert.Contains(place.Number, new long[] { 2, 3, 5 }));
            Assert.Equal(splits.Train.Places.Select(place => place.Number).Order(), splits.Train.Places.Select(place => place.Number));
            Assert.InRange(splits.Counts.BeyondMost, 1, 2); // What is not drawn is not encoded: one of the two that are too long may be among it.
        }
    }

    [Fact]
    public void What_the_template_refuses_is_a_bad_row()
    {
        string template = "{% if messages|length > 2 %}{{ raise_exception('too many turns') }}{% endif %}" + Template;
        string rows = Rows(("a", "b")) + """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}""";
        BadDataException error = Assert.Throws<BadDataException>(() => Encode(rows, template: template));
        Assert.Contains(":2: the chat template refuses it: too many turns: user: a", error.Message);
        EncodedSplits splits = Encode(rows, template: template, skipBad: 1);
        Assert.Equal((2, 1, 1), (splits.Counts.Rows, splits.Counts.Bad, splits.Rejected.Rows.Count));
    }

    [Fact]
    public void A_token_that_the_model_does_not_know_is_a_bad_row_and_one_that_no_row_has_does_no_harm()
    {
        RowEncoder encoder = Encoder();
        encoder.KnownTokens = 28;
        using var folder = new TempFolder();
        EncodedSplits Encode(string rows, int skip = 0) => EncodedSplits.Read(new ExampleSource { Train = [folder.Write("a.jsonl", rows)], SkipBad = skip }, encoder);
        BadDataException error = Assert.Throws<BadDataException>(() => Encode(Rows(("a", "b"))));
        Assert.Contains("a.jsonl:1: token 3 is 28 (<|end|>), but the model knows 28 tokens", error.Message);
        encoder.KnownTokens = 29;
        Assert.Equal(1, Encode(Rows(("a", "b"))).Train.Counts.Rows);
        encoder.KnownTokens = 25;
        error = Assert.Throws<BadDataException>(() => Encode("{\"text\": \"az\"}\n"));
        Assert.Contains("token 2 is 25 (z)", error.Message);
    }

    [Fact]
    public void A_model_without_a_template_takes_text_only()
    {
        Assert.Contains("no chat template", Assert.Throws<AttuneException>(() => Encode(Rows(("a", "b")), template: null)).Message);
        Assert.Equal(1, Encode("""{"text": "abc"}""", template: null).Train.Counts.Rows);
    }

    [Fact]
    public void Text_is_cut_by_document()
    {
        EncodedData data = Encode("{\"text\": \"abcdefg\"}\n{\"text\": \"hi\"}\n", new EncodeOptions { MaxTokens = 4 }).Train;
        Assert.Equal(["abcd", "efg<|end|>", "hi<|end|>"], data.Rows.Select(row => Show(row, _ => true)));
        Assert.All(data.Rows, row => Assert.Equal([false, true], row.Trained[..2]));
        Assert.Equal((3, 11, 8, 2), (data.Counts.Rows, data.Counts.Tokens, data.Counts.TrainedTokens, data.Counts.Examples));
    }

    [Fact]
    public void Text_may_be_concatenated()
    {
        EncodedData data = Encode("{\"text\": \"abcde\"}\n{\"text\": \"hi\"}\n{\"text\": \"\"}\n{\"text\": \"jklm\"}", new EncodeOptions { MaxTokens = 4, TextPacking = TextPacking.Concatenated }).Train;
        Assert.Equal(["abcd", "e<|end|>hi", "<|end|>jkl", "m<|end|>"], data.Rows.Select(row => Show(row, _ => true)));
        Assert.Equal([1L, 1L, 2L, 4L], data.Places.Select(place => place.Number));
        Assert.Equal(3, data.Counts.Examples);
    }

    [Fact]
    public void The_hash_changes_with_any_token_and_with_what_is_trained()
    {
        string[] hashes =
        [
            Encode(Rows(("a", "b"))).Train.Hash, Encode(Rows(("a", "c"))).Train.Hash, Encode(Rows(("a", "b"), ("a", "b"))).Train.Hash,
            Encode("""{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}""").Train.Hash,
            Encode("""{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}""").Train.Hash,
        ];
        Assert.Equal(5, hashes.Distinct().Count());
        Assert.Equal(hashes[0], Encode(Rows(("a", "b"))).Train.Hash);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Special_tokens_in_a_persons_text_are_text(bool conversation)
    {
        var encoder = SmolLm2(out Tokenizer tokenizer);
        string[] special = [.. tokenizer.AddedTokens.Where(token => token.Special).Select(token => token.Content)];
        Assert.Contains("<|im_end|>", special);
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            string text = string.Concat(Enumerable.Range(0, 1 + random.Next(5)).Select(_ => random.Next(2) == 0 ? special[random.Next(special.Length)] : "some words\n"));
            int Count(string said) => encoder.Encode(conversation ? new Conversation([new("system", said), new("user", said), new("assistant", said)]) : new PlainText(said))
                .Sum(row => row.Ids.Count(tokenizer.IsSpecial));
            Assert.Equal(Count("some words"), Count(text));
        }
    }

    [Fact]
    public void A_view_shows_every_token_with_its_text_and_fate()
    {
        RowView view = RowView.Of(Read(Rows(("ab", "cdef"))), Encoder(new EncodeOptions { MaxTokens = 7 }), Alphabet()).Single();
        Assert.Equal("<|user|>ab<|end|><|assistant|>cdef<|end|>", string.Concat(view.Tokens.Select(token => token.Text)));
        Assert.Equal(["c", "d", "e", "f", "<|end|>"], view.Tokens.Where(token => token.Trained).Select(token => token.Text));
        Assert.Equal(["e", "f", "<|end|>"], view.Tokens.Where(token => token.Cut).Select(token => token.Text));
        Assert.Equal(4, view.Tokens.Count(token => token.Special));
        Assert.Equal((7, 2), (view.Kept, view.Trained));
    }

    private static RowEncoder SmolLm2(out Tokenizer tokenizer)
    {
        string model = TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf/hf");
        tokenizer = Tokenizer.FromFolder(model);
        return new RowEncoder(tokenizer, ChatTemplate.FromFolder(model), new EncodeOptions());
    }

    private static string Rows(params (string User, string Assistant)[] rows) =>
        string.Concat(rows.Select(row => $"{{\"messages\": [{{\"role\": \"user\", \"content\": \"{row.User}\"}}, {{\"role\": \"assistant\", \"content\": \"{row.Assistant}\"}}]}}\n"));

    private static EncodedSplits Encode(string json, EncodeOptions? options = null, SplitRule? split = null, string? template = Template, int skipBad = 0)
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.jsonl", json);
        return EncodedSplits.Read(new ExampleSource { Train = [path], Split = split ?? new SplitRule(), SkipBad = skipBad }, Encoder(options, template));
    }

    private static Example Read(string json)
    {
        using var folder = new TempFolder();
        return ExampleSet.Load(new ExampleSource { Train = [folder.Write("a.jsonl", json)] }).Train[0];
    }

    private static RowEncoder Encoder(EncodeOptions? options = null, string? template = Template) =>
        new(Alphabet(), template is null ? null : ChatTemplate.Parse(template, "template"), options ?? new EncodeOptions());

    private static string Show(TokenRow row, Func<int, bool> wanted) =>
        string.Concat(row.Ids.Where((_, i) => wanted(i)).Select(id => Alphabet().TokenOf(id)));

    // A token a letter, and what the template writes.
    private static Tokenizer Alphabet()
    {
        using var folder = new TempFolder();
        string letters = string.Join(", ", Enumerable.Range(0, 26).Select(i => $"\"{(char)('a' + i)}\": {i}"));
        string added = string.Join(", ", new[] { "<|user|>", "<|assistant|>", "<|end|>" }.Select((token, i) =>
            $"{{\"id\": {26 + i}, \"content\": \"{token}\", \"special\": true, \"normalized\": false, \"single_word\": false, \"lstrip\": false, \"rstrip\": false}}"));
        string path = folder.Write("tokenizer.json", $"{{\"version\": \"1.0\", \"added_tokens\": [{added}], \"decoder\": {{\"type\": \"Fuse\"}}, \"model\": {{\"type\": \"BPE\", \"vocab\": {{{letters}}}, \"merges\": []}}}}");
        folder.Write("tokenizer_config.json", """{"eos_token": "<|end|>"}""");
        return Tokenizer.FromFile(path);
    }
}
