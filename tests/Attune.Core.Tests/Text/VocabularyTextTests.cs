namespace Attune.Text;

/// <summary>vocab.txt and merges.txt line by line: the expected ids are those that transformers gives (its Python reading of the file).</summary>
public sealed class VocabularyTextTests
{
    private const string Specials = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";

    [Theory]
    [InlineData("a\nb", "a=5 b=6")]
    [InlineData("a\n\nb\n\n", "a=5 b=7 =8")]
    [InlineData("a\nb\na\nc\n", "b=6 a=7 c=8")]
    [InlineData("a \nb\t\nc\u00A0\n\u3000\nd\n", "a =5 b\t=6 c\u00A0=7 \u3000=8 d=9")]
    [InlineData(" a\n\u00A0b\n", " a=5 \u00A0b=6")]
    [InlineData("a\u2028\nb\u0085\nc\v\nd\fx\ne\u001Cf\ng\u2029h\n", "a\u2028=5 b\u0085=6 c\v=7 d\fx=8 e\u001Cf=9 g\u2029h=10")]
    [InlineData("a\r\nb\r\n", "a=5 b=6")]
    [InlineData("a\rb\r\nc\n\rd\n", "a=5 b=6 c=7 =8 d=9")]
    [InlineData("\uFEFFa\nb\n", "\uFEFFa=5 b=6")]
    public void Only_the_line_end_is_no_part_of_a_token(string lines, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["vocab.txt"], Specials + lines);
        Tokenizer tokenizer = Tokenizer.FromFolder(folder.Path);
        int most = expected.Split('=').Length + 8;
        IEnumerable<string> found = Enumerable.Range(5, most).Where(id => tokenizer.TokenOf(id) is not null).Select(id => $"{tokenizer.TokenOf(id)}={id}");
        Assert.Equal(expected, string.Join(' ', found));
    }

    [Fact]
    public void Windows_line_ends_give_the_same_tokens_as_others()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["vocab.txt"], (Specials + "un\n##able\nfit\n").ReplaceLineEndings("\r\n"));
        Assert.Equal([2, 5, 6, 7, 3], Tokenizer.FromFolder(folder.Path).Encode("Unable fit").Ids);
    }

    [Fact]
    public void The_last_of_two_equal_lines_gives_the_id()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["vocab.txt"], Specials + "fit\nun\nfit\n[SEP]\n");
        Tokenizer tokenizer = Tokenizer.FromFolder(folder.Path);
        Assert.Equal([2, 7, 6, 8], tokenizer.Encode("fit un").Ids);
        Assert.Equal("un fit", tokenizer.Decode([5, 6, 7]));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Merges_are_read_with_any_line_end(string end)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["vocab.json"], """{"<|endoftext|>": 0, "a": 1, "b": 2, "ab": 3, "aba": 4}""");
        File.WriteAllText(folder["merges.txt"], string.Join(end, "#version: 0.2", "a b", "ab a"));
        Assert.Equal([4], Tokenizer.FromFolder(folder.Path).Encode("aba").Ids);
    }
}
