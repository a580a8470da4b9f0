using System.Text;
using System.Text.RegularExpressions;
using Attune.Text.Patterns;
using Match = Attune.Text.Patterns.Match;

namespace Attune.Text;

public sealed class RegexPatternTests
{
    private static readonly string[] Atoms =
        ["a", "b", "[ab]", "[^a]", @"\s", @"\S", @"\d", ".", @"\p{L}", @"\p{N}", @"[^\s\p{L}]", "(?:ab|a)", "(?i:A)", @"(?!b)", @"(?=a)", @"\b", "[a-c1]", @"(?<!a)", @"(?<=b)", "x*y"];

    private static readonly string[] Quantifiers = ["", "", "", "*", "+", "?", "{2}", "{1,3}", "*?", "+?", "{0,2}?"];

    [Fact]
    public void Matches_are_those_of_a_backtracking_engine()
    {
        int matches = 0;
        for (int seed = 0; seed < 6000; seed++)
        {
            var random = new Random(seed);
            string pattern = Make(random);
            var ours = new RegexPattern(pattern);
            var theirs = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
            for (int i = 0; i < 4; i++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => "aabbcAB 1x\ny."[random.Next(13)]));
                string[] expected = theirs.Matches(text).Where(match => match.Length > 0).Select(match => $"{match.Index}-{match.Index + match.Length}").ToArray();
                string[] actual = Find(ours, text).Where(match => match.End > match.Start).Select(match => $"{match.Start}-{match.End}").ToArray();
                Assert.True(expected.SequenceEqual(actual), $"{pattern} on {text}: {string.Join(' ', actual)} instead of {string.Join(' ', expected)}");
                matches += actual.Length;
            }
        }

        Assert.True(matches > 5000);
    }

    [Fact]
    public void Known_patterns_match_as_their_text_says()
    {
        (IPattern, string)[] known =
        [
            (new Gpt2Pattern(), Gpt2Pattern.Text), (new Gpt4Pattern(1), Gpt4Pattern.Text(@"\p{N}")), (new Gpt4Pattern(3), Gpt4Pattern.Text(@"\p{N}{1,3}")),
            (new Gpt4Pattern(int.MaxValue), Gpt4Pattern.Text(@"\p{N}+")),
        ];
        foreach ((IPattern pattern, string regex) in known)
        {
            var general = new RegexPattern(regex);
            for (int i = 0; i < 3000; i++)
            {
                var random = new Random(i);
                string text = RandomText.Next(random) + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => "'sStTdre \n\r\u017F1aé"[random.Next(15)]));
                Assert.Equal(Find(general, text), Find(pattern, text));
            }
        }
    }

    [Theory]
    [InlineData(@"\p{L}+", "𝓗𝓮 a𝓵", "0-4 5-8")]
    [InlineData(@"[^\p{L}]", "a😀b", "1-3")]
    [InlineData(@"[a-z&&[^aeiou]]+", "hello", "0-1 2-4")]
    [InlineData(@"[[:digit:]]+|[[:^digit:]]", "12a", "0-2 2-3")]
    [InlineData(@"\x{1F600}|\u00e9", "é😀", "0-1 1-3")]
    [InlineData(@"\p{Han}+", "日本語かな漢", "0-3 5-6")]
    [InlineData(@"[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}", "ab 1234 c", "0-2 3-6 6-7 7-9")]
    [InlineData(@"\s++$", "a  ", "1-3")]
    [InlineData(@"(?i)x|ſ", "X s S", "0-1 2-3 4-5")]
    [InlineData(@"(?<name>a)|\Ab|c\z", "bcbac", "0-1 3-4 4-5")]
    [InlineData(@"^b|a$", "ab\nba", "3-4 4-5")]
    [InlineData(@"(?=aab)a|b{1}", "aaab", "1-2 3-4")]
    [InlineData(@"a{,2}b|{x}", "aab{x}", "0-3 3-6")]
    public void Oniguruma_is_followed(string pattern, string text, string expected) => Assert.Equal(
        expected, string.Join(' ', Find(new RegexPattern(pattern), text).Where(match => match.End > match.Start).Select(match => $"{match.Start}-{match.End}")));

    [Theory]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("[b-a]")]
    [InlineData(@"\p{Nonsense}")]
    [InlineData(@"(a)\1")]
    [InlineData("(?>ab)")]
    [InlineData("a{2,1}")]
    [InlineData("a{1000000}")]
    [InlineData("((a{999}){999}){999}")]
    [InlineData("(?<=ab)c")]
    [InlineData("\\")]
    [InlineData(@"\x{110000}")]
    public void What_is_wrong_or_not_supported_is_refused(string pattern) => Assert.Throws<AttuneException>(() => new RegexPattern(pattern));

    [Fact]
    public void Deep_nesting_is_refused() =>
        Assert.Throws<AttuneException>(() => new RegexPattern(string.Concat(Enumerable.Repeat("(", 100_000))));

    [Theory]
    [InlineData("(a*)*b")]
    [InlineData("(a|a)*b")]
    [InlineData("(a+)+(?=b)")]
    [InlineData("a*a*a*a*a*b")]
    [InlineData("(?=(a+)+$)b|a+?c")]
    public void No_text_takes_forever(string pattern)
    {
        // Such patterns take a backtracking engine longer than the universe has; here either an answer or a refusal comes soon.
        string text = new('a', 3000);
        try
        {
            Assert.DoesNotContain(Find(new RegexPattern(pattern), text), match => match.End > match.Start);
        }
        catch (AttuneException e)
        {
            Assert.Contains("too long", e.Message, StringComparison.Ordinal);
        }
    }

    private static List<Match> Find(IPattern pattern, string text)
    {
        var found = new MatchList();
        pattern.Find(text, found);
        int end = 0;
        foreach (Match match in found.Span)
        {
            Assert.Equal(end, match.Start);
            end = match.End;
        }

        Assert.Equal(text.Length, end);
        return found.Span.ToArray().Where(match => match.IsMatch).ToList();
    }

    private static string Make(Random random)
    {
        var pattern = new StringBuilder();
        for (int parts = random.Next(1, 5); parts > 0; parts--)
        {
            string atom = Atoms[random.Next(Atoms.Length)];
            bool group = random.Next(5) == 0;
            bool isPlace = atom.StartsWith("(?!", StringComparison.Ordinal) || atom.StartsWith("(?=", StringComparison.Ordinal)
                || atom.StartsWith("(?<", StringComparison.Ordinal) || atom == @"\b";
            pattern.Append(group ? $"(?:{atom}|{Atoms[random.Next(Atoms.Length)]})" : atom).Append(isPlace || group ? "" : Quantifiers[random.Next(Quantifiers.Length)]);
            if (random.Next(6) == 0 && parts > 1)
            {
                pattern.Append('|');
            }
        }

        return pattern.ToString();
    }
}
