using Attune.Verification;

namespace Attune.Text;

public sealed class TokenizerTests
{
    private static readonly string[] Specials = ["<|im_start|>", "<|im_end|>", "<s>", "</s>", "[INST]", "<unk>"];
    private static readonly Lazy<Tokenizer> Trained = new(() => BpeTrainer.TrainByteLevel(
        Enumerable.Range(0, 3000).Select(i => $"the cat number {i} and the other cat, it's naïve; <s>x</s> {RandomText.Next(new Random(i))}"),
        new BpeTrainerOptions { VocabularySize = 700, MinFrequency = 2, SpecialTokens = Specials, BosToken = "<s>", EosToken = "</s>", PadToken = "<s>" }));

    [Fact]
    public void Any_text_comes_back_from_its_bytes()
    {
        for (int i = 0; i < 5000; i++)
        {
            string text = RandomText.Next(new Random(i), 200);
            Encoding encoding = Trained.Value.Encode(text, [new TextRange(0, text.Length)], addSpecialTokens: true);
            Assert.Equal(text, Trained.Value.Decode(encoding.Ids, skipSpecialTokens: false));
            int end = 0;
            foreach (TextRange offset in encoding.Offsets)
            {
                Assert.True(offset.Start <= end && offset.End >= end && offset.End > offset.Start, $"{offset} after {end} in text {i}");
                end = offset.End;
            }

            Assert.Equal(text.Length, end);
        }
    }

    [Fact]
    public void Rows_of_a_batch_that_lie_together_are_as_each_by_itself()
    {
        string[] texts = [.. Enumerable.Range(0, 400).Select(i => RandomText.Next(new Random(i), i % 7 == 0 ? 0 : 300))];
        IReadOnlyList<Encoding> batch = Trained.Value.EncodeBatch(texts);
        for (int i = 0; i < texts.Length; i++)
        {
            Encoding alone = Trained.Value.Encode(texts[i]);
            Assert.Equal(alone.Ids, batch[i].Ids);
            Assert.Equal(alone.Ids, batch[i].IdSpan);
            Assert.Equal(alone.Offsets, batch[i].Offsets);
            Assert.Equal(alone.WordIds, batch[i].WordIds);
            Assert.Equal(alone.Tokens, batch[i].Tokens);
        }
    }

    [Fact]
    public void Tokens_one_at_a_time_give_the_same_text()
    {
        for (int i = 0; i < 500; i++)
        {
            string text = RandomText.Next(new Random(i), 80);
            StreamDecoder stream = Trained.Value.CreateStreamDecoder(skipSpecialTokens: false);
            string streamed = string.Concat(Trained.Value.Encode(text).Ids.Select(stream.Push)) + stream.Flush();
            Assert.Equal(text, streamed);
        }
    }

    [Fact]
    public void Special_tokens_in_a_users_text_are_text()
    {
        Tokenizer tokenizer = Trained.Value;
        HashSet<int> special = Specials.Select(token => tokenizer.IdOf(token)!.Value).ToHashSet();
        for (int i = 0; i < 400; i++)
        {
            var random = new Random(i);
            string user = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(4) switch
            {
                0 => RandomText.Next(random, 10),
                1 => Specials[random.Next(Specials.Length)][..^1],
                _ => Specials[random.Next(Specials.Length)],
            }));
            string text = $"<|im_start|>user\n{user}<|im_end|>\n";
            var range = new TextRange(17, 17 + user.Length);
            Encoding encoding = tokenizer.Encode(text, [range], addSpecialTokens: true);
            Assert.Equal(text, tokenizer.Decode(encoding.Ids, skipSpecialTokens: false));
            Assert.Equal(2, encoding.Ids.Count(special.Contains));
            Assert.Equal(tokenizer.IdOf("<|im_start|>"), encoding.Ids[0]);
            Assert.Equal(new TextRange(range.End, range.End + 10), encoding.Offsets[Array.LastIndexOf(encoding.Ids, tokenizer.IdOf("<|im_end|>")!.Value)]);
        }
    }

    // "<s>" stood often enough in the text that was learned from for a merge to give the special token's own id.
    [Fact]
    public void Merges_cannot_make_a_special_token_of_a_users_text()
    {
        string json = """
            {"added_tokens":[{"id":6,"content":"<s>","special":true,"normalized":false}],"pre_tokenizer":null,"post_processor":null,"decoder":{"type":"Fuse"},
            "model":{"type":"BPE","ignore_merges":true,"vocab":{"<":0,"s":1,">":2,"a":3,"<s":4,"a<":5,"<s>":6,"<s>a":7},"merges":[["<","s"],["<s",">"],["<s>","a"]]}}
            """;
        var tokenizer = new Tokenizer(TokenizerJson.Read(System.Text.Encoding.UTF8.GetBytes(json), "test"), new SpecialTokens(), "test");
        Assert.Equal([6], tokenizer.Encode("<s>").Ids);
        Assert.Equal([6, 3], tokenizer.Encode("<s>a").Ids);
        Assert.Equal([4, 2], tokenizer.Encode("<s>", [new TextRange(0, 3)], true).Ids);
        Assert.Equal([4, 2], tokenizer.Encode("<s>", [new TextRange(0, 3)], true).Ids);
        Assert.Equal([3, 6], tokenizer.Encode("a<s>", [new TextRange(0, 1)], true).Ids);
    }

    [Fact]
    public void Half_a_surrogate_pair_counts_as_the_replacement_character()
    {
        Encoding encoding = Trained.Value.Encode("a\uD83Db\uDE00");
        Assert.Equal("a\uFFFDb\uFFFD", Trained.Value.Decode(encoding.Ids));
        Assert.Equal(new TextRange(3, 4), encoding.Offsets[^1]);
    }

    [Fact]
    public void Offsets_are_told_in_code_points_too()
    {
        Encoding encoding = Trained.Value.Encode("😀 the 😀");
        Assert.Equal(new TextRange(0, 2), encoding.Offsets[0]);
        Assert.Equal(new TextRange(0, 1), encoding.OffsetsInCodePoints()[0]);
        Assert.Equal(new TextRange(6, 7), encoding.OffsetsInCodePoints()[^1]);
    }

    [Fact]
    public void A_tokenizer_that_was_written_encodes_alike()
    {
        string folder = Directory.CreateTempSubdirectory("attune-").FullName;
        try
        {
            string path = Path.Combine(folder, "tokenizer.json");
            Trained.Value.SaveFolder(folder, "{{ messages }}");
            Tokenizer read = Tokenizer.FromFolder(folder);
            Assert.Equal((2, 3, 2, null), (read.BosTokenId, read.EosTokenId, read.PadTokenId, read.UnknownTokenId));
            Assert.Equal(Trained.Value.VocabularySize, read.VocabularySize);
            for (int i = 0; i < 300; i++)
            {
                string text = RandomText.Next(new Random(i));
                Assert.Equal(Trained.Value.Encode(text).Ids, read.Encode(text).Ids);
            }

            read.Save(path + "2");
            Assert.Equal(File.ReadAllText(path), File.ReadAllText(path + "2"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Training_is_the_same_every_time()
    {
        string[] texts = Enumerable.Range(0, 200).Select(i => RandomText.Next(new Random(i))).ToArray();
        var options = new BpeTrainerOptions { VocabularySize = 400, SpecialTokens = ["<s>"] };
        Assert.Equal(BpeTrainer.TrainByteLevel(texts, options).ToJson(), BpeTrainer.TrainByteLevel(texts, options).ToJson());
        Assert.Throws<AttuneException>(() => BpeTrainer.TrainByteLevel(texts, options with { VocabularySize = 200 }));
    }

    [Fact]
    public void Threads_share_a_tokenizer()
    {
        string[] texts = Enumerable.Range(0, 400).Select(i => RandomText.Next(new Random(i), 120)).ToArray();
        int[][] alone = texts.Select(text => Trained.Value.Encode(text).Ids).ToArray();
        int[][] together = new int[texts.Length][];
        Parallel.For(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => together[i] = Trained.Value.Encode(texts[i]).Ids);
        Assert.Equal(alone, together);
    }

    [Fact]
    public void A_long_word_takes_time_in_proportion()
    {
        string word = string.Concat(Enumerable.Range(0, 200_000).Select(i => (char)('a' + (i * i % 26))));
        Assert.Equal(word, Trained.Value.Decode(Trained.Value.Encode(word).Ids));
    }

    [Fact]
    public void Damaged_files_are_read_or_refused()
    {
        foreach (string seed in TokenizerTorture.Seeds)
        {
            TokenizerTorture.Target.Read(System.Text.Encoding.UTF8.GetBytes(seed));
        }

        TortureReport report = Torturer.Run(TokenizerTorture.Target, 10_000);
        Assert.True(report.Faults.Count == 0, string.Join('\n', report.Faults));
        Assert.True(report is { Read: > 200, Refused: > 2000 }, $"one-sided: {report.Read} read, {report.Refused} refused");
    }

    [Fact]
    public void Broken_files_are_refused()
    {
        TestPaths.SharedOrSkip("parity/broken/tokenizer");
        Fixtures.Check(new BrokenCheck(new Dictionary<string, Action<string>>([TokenizerCheck.Broken])), "broken/tokenizer");
    }
}
