using Attune.Text.Unicode;

namespace Attune.Text;

public sealed class NormalizationTests
{
    [Theory]
    [InlineData("e\u0301", "é", "e\u0301", "é", "e\u0301")]
    [InlineData("ﬁ①", "ﬁ①", "ﬁ①", "fi1", "fi1")]
    [InlineData("가각", "가각", "\u1100\u1161\u1100\u1161\u11A8", "가각", "\u1100\u1161\u1100\u1161\u11A8")]
    [InlineData("a\u0323\u0307", "ạ\u0307", "a\u0323\u0307", "ạ\u0307", "a\u0323\u0307")]
    [InlineData("a\u0307\u0323", "ạ\u0307", "a\u0323\u0307", "ạ\u0307", "a\u0323\u0307")]
    [InlineData("\u212B", "Å", "A\u030A", "Å", "A\u030A")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("𝓗", "𝓗", "𝓗", "H", "H")]
    public void Forms_are_Unicodes(string text, string nfc, string nfd, string nfkc, string nfkd)
    {
        Assert.Equal(nfc, Normalization.Compose(new AlignedText(text), false).Span.ToString());
        Assert.Equal(nfd, Normalization.Decompose(new AlignedText(text), false).Span.ToString());
        Assert.Equal(nfkc, Normalization.Compose(new AlignedText(text), true).Span.ToString());
        Assert.Equal(nfkd, Normalization.Decompose(new AlignedText(text), true).Span.ToString());
    }

    [Fact]
    public void Forms_are_stable_and_agree()
    {
        for (int i = 0; i < 3000; i++)
        {
            var text = new AlignedText(RandomText.Next(new Random(i)));
            AlignedText composed = Normalization.Compose(text, false);
            AlignedText decomposed = Normalization.Decompose(text, false);
            Assert.Equal(composed.Span.ToString(), Normalization.Compose(composed, false).Span.ToString());
            Assert.Equal(composed.Span.ToString(), Normalization.Compose(decomposed, false).Span.ToString());
            Assert.Equal(decomposed.Span.ToString(), Normalization.Decompose(composed, false).Span.ToString());
            AlignedText compatible = Normalization.Compose(text, true);
            Assert.Equal(compatible.Span.ToString(), Normalization.Compose(compatible, true).Span.ToString());
        }
    }

    [Fact]
    public void A_composed_character_stands_for_its_first_part()
    {
        AlignedText composed = Normalization.Compose(new AlignedText("xe\u0301y"), false);
        Assert.Equal("xéy", composed.Span.ToString());
        Assert.Equal(new TextRange(1, 2), composed.Original(1, 2));
        Assert.Equal(new TextRange(3, 4), composed.Original(2, 3));
    }
}
