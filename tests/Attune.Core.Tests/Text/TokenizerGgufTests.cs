using System.Text.Json;
using Attune.Formats;
using Attune.Verification;

namespace Attune.Text;

public sealed class TokenizerGgufTests
{
    public static IEnumerable<TheoryDataRow<string>> All => Fixtures.Names("tokenizer-gguf");

    [Theory]
    [MemberData(nameof(All))]
    public void Agrees_with_the_reference(string fixture) => Fixtures.Check(new TokenizerGgufCheck(), fixture);

    // transformers' reader of GGUF files leaves out the digits of "smollm"; the tokenizer.json that the model was trained with has them.
    [Fact]
    public void SmolLM2_encodes_alike_from_its_gguf_file_and_its_tokenizer_json()
    {
        string folder = TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf");
        using Gguf file = Gguf.Open(Path.Combine(folder, "SmolLM2-135M-Instruct.Q4_1.gguf"));
        Tokenizer gguf = Tokenizer.FromGguf(file.Metadata, file.Path);
        Tokenizer json = Tokenizer.FromFolder(Path.Combine(folder, "hf"));
        Assert.Equal(json.VocabularySize, gguf.VocabularySize);
        Assert.Equal((json.BosTokenId, json.EosTokenId, json.PadTokenId, json.UnknownTokenId), (gguf.BosTokenId, gguf.EosTokenId, gguf.PadTokenId, gguf.UnknownTokenId));
        Assert.Equal(json.AddedTokens, gguf.AddedTokens);
        IEnumerable<string> texts = Enumerable.Range(0, 2000).Select(i => RandomText.Next(new Random(i))).Append("½ ¼ 12 345 <|im_start|>user\n1<|im_end|>");
        foreach (string text in texts)
        {
            Encoding one = gguf.Encode(text);
            Encoding other = json.Encode(text);
            Assert.Equal(other.Ids, one.Ids);
            Assert.Equal(other.Offsets, one.Offsets);
            Assert.Equal(other.WordIds, one.WordIds);
            Assert.Equal(json.Decode(one.Ids, false), gguf.Decode(one.Ids, false));
        }
    }

    [Fact]
    public void A_tokenizer_from_a_gguf_file_is_written_as_tokenizer_json()
    {
        string path = TestPaths.SharedOrSkip("models/w_stories260K/stories260K.gguf");
        using Gguf file = Gguf.Open(path);
        Tokenizer gguf = Tokenizer.FromGguf(file.Metadata, path);
        var read = new Tokenizer(TokenizerJson.Read(gguf.ToJson(), "written"), gguf.Special, "written");
        Assert.Null(gguf.PadTokenId);
        for (int i = 0; i < 500; i++)
        {
            string text = "x" + RandomText.Next(new Random(i));
            Assert.Equal(gguf.Encode(text).Ids, read.Encode(text).Ids);
            Assert.Equal(text, read.Decode(read.Encode(text).Ids));
        }
    }

    [Fact]
    public void Damaged_metadata_is_refused()
    {
        var good = new Dictionary<string, object>
        {
            ["tokenizer.ggml.model"] = "llama",
            ["tokenizer.ggml.tokens"] = new[] { "<unk>", "<s>", "▁", "a", "▁a" },
            ["tokenizer.ggml.scores"] = new[] { 0f, 0f, -1f, -2f, -3f },
            ["tokenizer.ggml.token_type"] = new[] { 2, 3, 1, 1, 1 },
            ["tokenizer.ggml.unknown_token_id"] = 0u,
            ["tokenizer.ggml.bos_token_id"] = 1u,
            ["tokenizer.ggml.padding_token_id"] = uint.MaxValue,
        };
        Assert.Equal([1, 4, 3], Tokenizer.FromGguf(good, "x").Encode("aa").Ids);
        (string Key, object? Value)[] damages =
        [
            ("model", null), ("model", "rwkv"), ("model", 3), ("tokens", null), ("tokens", new[] { "a", "a" }), ("tokens", new[] { 1 }), ("scores", null),
            ("scores", new[] { 1f }), ("scores", "x"), ("bos_token_id", 17u), ("bos_token_id", -2), ("bos_token_id", "1"), ("token_type", new[] { "x" }),
            ("add_bos_token", 1), ("scores", new[] { 0f, float.NaN, 0f, 0f, 0f }),
        ];
        foreach ((string key, object? value) in damages)
        {
            var damaged = new Dictionary<string, object>(good);
            damaged.Remove("tokenizer.ggml." + key);
            if (value is not null)
            {
                damaged.Add("tokenizer.ggml." + key, value);
            }

            Assert.Contains("x: ", Assert.Throws<Formats.FormatException>(() => Tokenizer.FromGguf(damaged, "x")).Message, StringComparison.Ordinal);
        }
    }
}
