using Attune.Formats;

namespace Attune.Text;

public sealed class GgufTokenizerWriterTests
{
    private static readonly string[] Texts = ["Hello, world!  It's 12345 o'clock.\n\n\tNaïve façade — 東京 🙂", "<|im_start|>user\nHi<|im_end|>", " a", ""];

    [Theory]
    [InlineData("models/smollm2-135m-instruct-gguf/hf/tokenizer.json", "smollm")]
    [InlineData("tokenizers/tok_t5_and_small/tiny_bpe_tokenizer.json", "qwen2")]
    [InlineData("parity/tokenizer/llama3-like/tokenizer.json", "llama-bpe")]
    public void A_tokenizer_comes_back_the_same(string file, string name)
    {
        var tokenizer = Tokenizer.FromFile(TestPaths.SharedOrSkip(file));
        var entries = GgufTokenizerWriter.Entries(tokenizer, tokenizer.VocabularySize + 3, "{{ messages }}").ToDictionary();
        Assert.Equal(name, entries["tokenizer.ggml.pre"]);
        Assert.Equal("{{ messages }}", entries["tokenizer.chat_template"]);
        Assert.Equal(5, ((int[])entries["tokenizer.ggml.token_type"])[^1]);
        var again = Tokenizer.FromGguf(entries, "new.gguf");
        foreach (string text in Texts)
        {
            Assert.Equal(tokenizer.Encode(text).Ids, again.Encode(text).Ids);
        }

        Assert.Equal(tokenizer.EosTokenId, again.EosTokenId);
        Assert.Equal(tokenizer.AddedTokens.Where(token => token.Special).Select(token => token.Id), again.AddedTokens.Where(token => token.Special).Select(token => token.Id));
    }

    [Fact]
    public void Other_pipelines_are_refused()
    {
        var tokenizer = Tokenizer.FromFolder(TestPaths.SharedOrSkip("parity/_models/train-llama"));
        Assert.Contains("GGUF has no name", Assert.Throws<AttuneException>(() => GgufTokenizerWriter.Entries(tokenizer, 97, null)).Message);
    }

    [Fact]
    public void A_tokenizer_larger_than_the_model_is_refused()
    {
        var tokenizer = Tokenizer.FromFolder(TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf/hf"));
        Assert.Throws<AttuneException>(() => GgufTokenizerWriter.Entries(tokenizer, 10, null));
    }
}
