using Attune.Verification;

namespace Attune.Text;

/// <summary>Tokenizers from SentencePiece's and tiktoken's files, and from no file at all.</summary>
public sealed class ModelFileTests(ITestOutputHelper output)
{
    private static readonly string[] Fragments = ["<s>", "</s>", "<unk>", "<pad>", "<mask>", "<extra_id_0>", "<|im_start|>", "<|eot_id|>", "[SEP]", "[CLS]", "<0x0A>", "▁", " ", "\n", "hi", "é😀"];

    public static IEnumerable<TheoryDataRow<string>> Kinds =>
        ["sentencepiece-bpe", "sentencepiece-bpe-byte-fallback", "sentencepiece-unigram-byte-fallback", "sentencepiece-word", "sentencepiece-char", "llama-spm", "llama-spm-legacy", "xlm-roberta-spm"];

    [Fact]
    public void Damaged_files_are_read_or_refused()
    {
        TortureReport report = Torturer.Run(new SentencePieceTorture(), 20_000);
        output.WriteLine($"{report.Read} read, {report.Refused} refused, slowest {report.Slowest.TotalMilliseconds:F1} ms");
        Assert.True(report.Faults.Count == 0, string.Join('\n', report.Faults));
        Assert.True(report is { Read: > 2000, Refused: > 4000 }, $"one-sided: {report.Read} read, {report.Refused} refused");
    }

    // Whatever a person types, in whatever tokenizer.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Special_tokens_in_a_persons_text_are_text(string fixture)
    {
        Tokenizer tokenizer = Open(fixture);
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => Fragments[random.Next(Fragments.Length)]));
            int[] ids = tokenizer.Encode(text, [new TextRange(0, text.Length)], addSpecialTokens: false).Ids;
            Assert.DoesNotContain(ids, id => tokenizer.IsSpecial(id) && id != tokenizer.UnknownTokenId);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_saved_opens_again(string fixture)
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Open(fixture);
        tokenizer.SaveFolder(folder.Path, "{{ messages }}");
        Tokenizer read = Tokenizer.FromFolder(folder.Path);
        Assert.Equal((tokenizer.BosTokenId, tokenizer.EosTokenId, tokenizer.VocabularySize), (read.BosTokenId, read.EosTokenId, read.VocabularySize));
        for (int i = 0; i < 100; i++)
        {
            string text = RandomText.Next(new Random(i)) + Fragments[i % Fragments.Length];
            Assert.Equal(tokenizer.Encode(text).Ids, read.Encode(text).Ids);
            Assert.Equal(tokenizer.Decode(tokenizer.Encode(text).Ids), read.Decode(read.Encode(text).Ids));
        }
    }

    [Fact]
    public void Bytes_need_no_file_but_the_class()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["tokenizer_config.json"], """{"tokenizer_class": "ByT5Tokenizer", "extra_ids": 125}""");
        Tokenizer tokenizer = Tokenizer.FromFolder(folder.Path);
        Assert.Equal(384, tokenizer.VocabularySize);
        Assert.Equal([100, 198, 172, 1], tokenizer.Encode("aé").Ids);
        Assert.Equal([new TextRange(0, 1), new TextRange(1, 2), new TextRange(1, 2), default], tokenizer.Encode("aé").Offsets);
        Assert.Equal("aé", tokenizer.Decode([100, 198, 172, 250, 1]));
    }

    [Fact]
    public void A_class_whose_pipeline_is_not_known_is_named()
    {
        using var folder = new TemporaryFolder();
        File.Copy(TestPaths.SharedOrSkip("parity/tokenizer/sentencepiece-word/spiece.model"), folder["spiece.model"]);
        File.WriteAllText(folder["tokenizer_config.json"], """{"tokenizer_class": "RemBertTokenizer"}""");
        var error = Assert.ThrowsAny<AttuneException>(() => Tokenizer.FromFolder(folder.Path));
        Assert.Contains("RemBertTokenizer", error.Message);
        Assert.Contains("spiece.model", error.Message);
        Assert.Contains("save_pretrained", error.Message);
    }

    [Theory]
    [InlineData("T5Tokenizer")]
    [InlineData("BigBirdTokenizer")]
    public void A_class_with_a_unigram_model_refuses_a_file_of_another_kind(string name)
    {
        using var folder = new TemporaryFolder();
        File.Copy(TestPaths.SharedOrSkip("parity/tokenizer/sentencepiece-word/spiece.model"), folder["spiece.model"]);
        File.WriteAllText(folder["tokenizer_config.json"], $$"""{"tokenizer_class": "{{name}}"}""");
        var error = Assert.ThrowsAny<AttuneException>(() => Tokenizer.FromFolder(folder.Path));
        Assert.Contains($"a {name} has a unigram model, and this file holds one of kind Word", error.Message);
    }

    [Fact]
    public void A_language_that_a_translator_does_not_know_is_told()
    {
        using var folder = new TemporaryFolder();
        File.Copy(TestPaths.SharedOrSkip("parity/tokenizer/spm-mbart/sentencepiece.bpe.model"), folder["sentencepiece.bpe.model"]);
        File.WriteAllText(folder["tokenizer_config.json"], """{"tokenizer_class": "MBartTokenizer", "src_lang": "de"}""");
        var error = Assert.ThrowsAny<AttuneException>(() => Tokenizer.FromFolder(folder.Path));
        Assert.Contains("src_lang is \"de\", which MBartTokenizer does not know", error.Message);
    }

    [Fact]
    public void A_tiktoken_file_has_the_special_tokens_that_lie_beside_it()
    {
        using var folder = new TemporaryFolder();
        File.Copy(TestPaths.SharedOrSkip("tokenizers/tok_t5_and_small/tiktoken_small.model"), folder["tokenizer.model"]);
        File.WriteAllText(folder["tokenizer_config.json"], """
            {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|end|>", "added_tokens_decoder": {"2000": {"content": "<|end|>", "special": true}}}
            """);
        Tokenizer tokenizer = Tokenizer.FromFolder(folder.Path);
        Assert.Equal(2000, tokenizer.EosTokenId);
        Assert.Equal([72, 381, 111, 2000], tokenizer.Encode("Hello<|end|>").Ids);
        Assert.DoesNotContain(2000, tokenizer.Encode("Hello<|end|>", [new TextRange(5, 12)], addSpecialTokens: true).Ids);
    }

    private static Tokenizer Open(string fixture)
    {
        string folder = TestPaths.SharedOrSkip("parity/tokenizer/" + fixture);
        return Tokenizer.FromFolder(folder);
    }
}
