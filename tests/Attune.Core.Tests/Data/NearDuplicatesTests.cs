using CsCheck;

namespace Attune.Data;

public sealed class NearDuplicatesTests
{
    private const string Fox = "The quick brown fox jumps over the lazy dog and runs into the dark forest before the hunter wakes up";

    [Fact]
    public void Case_and_punctuation_do_not_count() =>
        Assert.Equal(1, NearDuplicates.Count([Fox], [Fox.ToUpperInvariant().Replace(" ", ",  ") + "!"], 1));

    [Fact]
    public void One_changed_word_is_near_another_text_is_not()
    {
        string[] others = [Fox.Replace("lazy", "sleepy"), "Something else altogether, of which no three words in a row stand in the other text."];
        NearDuplicate pair = Assert.Single(NearDuplicates.Find([Fox], others));
        Assert.Equal((0, 0), (pair.First, pair.Second));
        Assert.Equal(15 / 21.0, pair.Similarity, 1e-12);   // 18 runs of three words each, three of them touched
        Assert.Empty(NearDuplicates.Find([Fox], others, 0.72));
    }

    [Fact]
    public void Within_a_set_the_later_one_counts() =>
        Assert.Equal(2, NearDuplicates.Count(["Hello there", "another", "hello, there!", "HELLO THERE", "", "..."]));

    [Fact]
    public void The_count_is_exact() =>
        Gen.Select(Gen.Int[0, 3].Array[0, 12].Array[1, 12], Gen.Double[0.05, 1], Gen.Int[1, 3]).Sample((texts, threshold, words) =>
        {
            string[] all = [.. texts.Select(text => string.Join(' ', text))];
            HashSet<string>[] sets = [.. texts.Select(text => Runs(text, words))];
            var expected = from i in Enumerable.Range(0, all.Length)
                           from j in Enumerable.Range(0, i)
                           let union = sets[i].Union(sets[j]).Count()
                           where union > 0 && sets[i].Intersect(sets[j]).Count() / (double)union >= threshold
                           select (j, i);
            return NearDuplicates.Find(all, threshold, words).Select(pair => (pair.First, pair.Second)).Order().SequenceEqual(expected.Order());
        }, iter: 2_000, threads: 1);

    [Fact]
    public void Many_texts_are_looked_through()
    {
        var random = new Random(0);
        string[] texts = [.. Enumerable.Range(0, 3_000).Select(_ => string.Join(' ', Enumerable.Range(0, 60).Select(_ => "w" + random.Next(5_000))))];
        Assert.Equal(100, NearDuplicates.Count([.. texts, .. texts[..100]]));
    }

    private static HashSet<string> Runs(int[] text, int words) =>
        text.Length == 0 ? [] : [.. Enumerable.Range(0, text.Length - Math.Min(words, text.Length) + 1).Select(i => string.Join(' ', text.Skip(i).Take(words)))];
}
