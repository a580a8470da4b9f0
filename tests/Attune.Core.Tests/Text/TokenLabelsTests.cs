namespace Attune.Text;

public sealed class TokenLabelsTests
{
    private static readonly string[] Labels = ["O", "B-PER", "I-PER", "B-MISC"];

    [Fact]
    public void A_word_without_a_token_takes_no_label_from_the_next() => Assert.Equal([-100, 1, 3, -100], TokenLabels.OfFirst([null, 0, 2, null], [1, 2, 3]));

    [Fact]
    public void Later_tokens_of_a_word_are_inside_where_there_is_such_a_label()
    {
        Assert.Equal([1, -100, 3, -100, 0, -100], TokenLabels.OfFirst([0, 0, 1, 1, 2, 2], [1, 3, 0]));
        Assert.Equal([1, 2, 3, 3, 0, 0], TokenLabels.OfAll([0, 0, 1, 1, 2, 2], [1, 3, 0], Labels));
    }

    [Fact]
    public void A_window_that_begins_within_a_word_has_its_label() => Assert.Equal([-100, 1, 2], TokenLabels.OfAll([null, 4, 4], [0, 0, 0, 0, 1], Labels));

    [Fact]
    public void No_tokens_have_no_labels() => Assert.Empty(TokenLabels.OfFirst([], []));

    [Fact]
    public void A_word_without_a_label_is_refused() =>
        Assert.StartsWith("token 1 is part of word 3, but there are labels of 1 word", Assert.Throws<ArgumentException>(() => TokenLabels.OfFirst([0, 3], [1])).Message, StringComparison.Ordinal);
}
