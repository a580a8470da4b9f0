namespace Attune.Metrics;

public sealed class MetricEdgeTests
{
    [Fact]
    public void Lists_of_different_lengths_and_empty_ones_are_refused_in_words()
    {
        Assert.Contains("there are 1 and 2", Assert.Throws<ArgumentException>(() => Accuracy.Of([1, 2], [1])).Message, StringComparison.Ordinal);
        Assert.Contains("at least one row", Assert.Throws<ArgumentException>(() => Accuracy.Of<int>([], [])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ClassScores.Of([], [], Average.Macro));
        Assert.Throws<ArgumentException>(() => MultilabelScores.Of([[true]], [[true, false]], Average.Micro));
        Assert.Throws<ArgumentException>(() => Bleu.Corpus(["a"], [[]]));
        Assert.Throws<ArgumentException>(() => Chrf.Corpus(["a"], [[]]));
        Assert.Throws<ArgumentException>(() => Ter.Corpus(["a"], [[]]));
        Assert.Throws<ArgumentException>(() => Rouge.Best(RougeKind.One, "a", []));
        Assert.Throws<ArgumentException>(() => Perplexity.Of([[]]));
    }

    [Fact]
    public void A_label_without_a_score_and_numbers_that_are_none_are_refused()
    {
        Assert.Contains("class 2", Assert.Throws<ArgumentException>(() => TopKAccuracy.Of([2], [[0.5, 0.5]], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("not 1.5", Assert.Throws<ArgumentException>(() => BrierScore.Of([true], [1.5])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RocAuc.Of([true, false], [0.5, double.NaN]));
        Assert.Throws<ArgumentException>(() => RegressionError.MeanAbsolute([1], [double.PositiveInfinity]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProportionInterval.Of(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProportionInterval.Of(1, 2, level: 1));
    }

    [Fact]
    public void A_class_that_is_never_predicted_has_the_zero_division_as_its_precision()
    {
        Assert.Equal(new PrecisionRecallF1(0, 0, 0), ClassScores.PerClass([0, 1], [0, 0])[1]);
        Assert.Equal(new PrecisionRecallF1(1, 0, 0), ClassScores.PerClass([0, 1], [0, 0], zeroDivision: 1)[1]);
        Assert.Equal(default, ClassScores.Of([0, 0], [0, 0], Average.Binary));
    }

    [Theory]
    [InlineData("X-PER", null)]
    [InlineData("", null)]
    [InlineData("S-PER", TagScheme.IOB2)]
    [InlineData("B-PER", TagScheme.IOE1)]
    public void A_tag_that_the_scheme_does_not_have_is_named(string tag, TagScheme? scheme)
    {
        var refusal = Assert.Throws<ArgumentException>(() => new TagScores([[tag]], [["O"]], scheme));
        Assert.Contains($"\"{tag}\"", refusal.Message, StringComparison.Ordinal);
    }

    // The examples in seqeval's own documentation and tests of each scheme.
    [Theory]
    [InlineData("I-PER I-PER O B-LOC", TagScheme.IOB2, 1)]
    [InlineData("I-PER B-PER O I-LOC", TagScheme.IOB1, 3)]
    [InlineData("O B-PER O", TagScheme.IOB1, 0)]
    [InlineData("I-PER E-PER I-LOC", TagScheme.IOE2, 1)]
    [InlineData("I-PER E-PER I-PER O", TagScheme.IOE1, 2)]
    [InlineData("B-PER I-PER E-PER S-LOC B-ORG", TagScheme.IOBES, 2)]
    [InlineData("B-PER L-PER U-LOC I-ORG L-ORG", TagScheme.BILOU, 2)]
    [InlineData("I-PER I-PER O B-LOC", null, 2)]
    [InlineData("B-PER I-LOC S-LOC E-LOC", null, 4)]
    public void Entities_are_those_of_the_scheme(string tags, TagScheme? scheme, int entities)
    {
        var scores = new TagScores([tags.Split(' ')], [tags.Split(' ')], scheme);
        Assert.Equal(entities, scores.Types.Values.Sum(type => type.Expected));
        Assert.Equal(entities, scores.Types.Values.Sum(type => type.Right));
    }

    [Fact]
    public void Bleu_without_a_common_word_is_0_and_of_equal_texts_100()
    {
        Assert.Equal(0, Bleu.Sentence("", ["a b"]).Score);
        Assert.Equal(0, Bleu.Sentence("c d", ["a b"]).Score);
        Assert.Equal(100, Bleu.Sentence("a b c d e", ["a b c d e"]).Score, 1e-9);
        Assert.Equal(100, Bleu.Sentence("a", ["a"]).Score, 1e-9);
        Assert.Equal("a|😀|b", string.Join('|', BleuWords.Split("a😀b", BleuTokenizer.International, lowercase: false)));
        List<string> words = BleuWords.Split("Hello, &quot;1,000.5&quot;.", BleuTokenizer.Mteval13a, lowercase: false);
        Assert.Equal("Hello|,|\"|1,000.5|\"|.", string.Join('|', words));
    }

    [Fact]
    public void Ter_counts_a_moved_run_of_words_as_one_edit()
    {
        Assert.Equal(1, Ter.Sentence("c d e a b", ["a b c d e"]).Edits);
        Assert.Equal(100, Ter.Sentence("a", [""]).Score);
        Assert.Equal(0, Ter.Sentence("", [""]).Score);
        Assert.Equal(2, Ter.Sentence("", ["a b"]).Edits);
    }

    [Fact]
    public void Word_errors_against_nothing_are_all_insertions()
    {
        WordError error = WordError.OfWords("a b", "");
        Assert.Equal(new WordError(0, 0, 2, 0), error);
        Assert.Equal(double.PositiveInfinity, error.Rate);
        Assert.Equal(1, WordError.OfWords("a b", "a  c").Substitutions);
    }

    [Fact]
    public void Tests_of_significance_are_those_of_printed_tables()
    {
        Assert.Equal(1.959963984540054, Distributions.NormalQuantileAbove(0.025), 1e-12);
        Assert.Equal(0.05, Distributions.StudentTwoSided(2.2281388519649385, 10), 1e-10);
        Assert.Equal(0.0625, 2 * Distributions.CoinAtMost(0, 5), 1e-13);
        Assert.Equal(1, Distributions.CoinAtMost(0, 0));
        Assert.Equal(0.0625, Wilcoxon.Of([1, 2, 3, 4, 5], [0, 0, 0, 0, 0], isExact: true).PValue, 1e-13);
    }

    [Fact]
    public void Resampling_from_a_seed_is_the_same_again()
    {
        double[] a = [1, 2, 3, 4];
        double[] b = [0, 2, 2, 5];
        Assert.Equal(PairedResampling.Bootstrap(a, b, 200, seed: 7), PairedResampling.Bootstrap(a, b, 200, seed: 7));
        Assert.Equal(0.25, PairedResampling.Permutation(a, b, 200, seed: 7).Difference);
    }
}
