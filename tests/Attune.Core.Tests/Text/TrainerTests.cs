namespace Attune.Text;

public sealed class TrainerTests
{
    private static readonly string[] Texts = [.. Enumerable.Range(0, 400).Select(i => $"the cat number {i % 37} and the other cats, it's naïve; they are running and runs {(char)('a' + (i % 26))}")];

    [Fact]
    public void A_unigram_vocabulary_spells_all_text_and_is_the_same_every_time()
    {
        var options = new UnigramTrainerOptions
        {
            VocabularySize = 58, SpecialTokens = ["<s>", "</s>", "<pad>"], UnknownToken = "<unk>", BosToken = "<s>", EosToken = "</s>", PadToken = "<pad>",
        };
        Tokenizer tokenizer = UnigramTrainer.Train(Texts, options);
        Assert.Equal(UnigramTrainer.Train(Texts, options).ToJson(), tokenizer.ToJson());
        Assert.Equal((58, 0, 1, 2, 3), (tokenizer.VocabularySize, tokenizer.UnknownTokenId, tokenizer.BosTokenId, tokenizer.EosTokenId, tokenizer.PadTokenId));
        foreach (string text in Texts)
        {
            int[] ids = tokenizer.Encode(text).Ids;
            Assert.DoesNotContain(0, ids);
            Assert.Equal((1, 2), (ids[0], ids[^1]));
            Assert.Equal(text, tokenizer.Decode(ids));
        }

        // A word that comes often is a piece of its own.
        Assert.NotNull(tokenizer.IdOf("▁the"));
    }

    [Fact]
    public void A_unigram_vocabulary_that_cannot_hold_the_characters_is_refused()
    {
        Assert.Contains("characters", Assert.Throws<AttuneException>(() => UnigramTrainer.Train(Texts, new UnigramTrainerOptions { VocabularySize = 20 })).Message);
        Assert.Contains("no text", Assert.Throws<AttuneException>(() => UnigramTrainer.Train(["", ""], new UnigramTrainerOptions())).Message);
        Assert.Contains("<s>", Assert.Throws<AttuneException>(() => UnigramTrainer.Train(Texts, new UnigramTrainerOptions { BosToken = "<s>" })).Message);
    }

    [Fact]
    public void A_WordPiece_vocabulary_cuts_words_like_BERTs()
    {
        Tokenizer tokenizer = WordPieceTrainer.Train(Texts, new BpeTrainerOptions { VocabularySize = 120 });
        Assert.Equal(["[CLS]", "the", "cats", "[SEP]"], tokenizer.Encode("The cats").Tokens);
        Assert.Contains(tokenizer.Encode("catnumber").Tokens, token => token.StartsWith("##", StringComparison.Ordinal));
        Assert.Equal("the cat runs", tokenizer.Decode(tokenizer.Encode("the cat runs").Ids));
    }

    [Fact]
    public void A_batch_over_all_cores_is_what_one_after_the_other_gives()
    {
        Tokenizer tokenizer = UnigramTrainer.Train(Texts, new UnigramTrainerOptions { VocabularySize = 90, SpecialTokens = ["<pad>"], UnknownToken = "<unk>" });
        string[] texts = [.. Enumerable.Range(0, 600).Select(i => string.Concat(Enumerable.Repeat(Texts[i % 400], i % 5)) + RandomText.Next(new Random(i)))];
        var options = new EncodingOptions { Truncation = new Truncation(40), Padding = new Padding(1, "<pad>") { Length = 40 } };
        IReadOnlyList<Encoding> batch = tokenizer.EncodeBatch(texts, options);
        for (int i = 0; i < texts.Length; i++)
        {
            Encoding alone = Assert.Single(tokenizer.EncodeBatch([texts[i]], options));
            Assert.Equal(alone.Ids, batch[i].Ids);
            Assert.Equal(alone.Offsets, batch[i].Offsets);
        }
    }
}
