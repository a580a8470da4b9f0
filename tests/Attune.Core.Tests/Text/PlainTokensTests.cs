using System.Text.Json;
using Attune.Text.Models;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text;

public sealed class PlainTokensTests
{
    private const string Rest = ""","normalizer":null,"added_tokens":[],"pre_tokenizer":{"type":"WhitespaceSplit"}}""";

    [Theory]
    [InlineData("""{"a":0,"b":1,"ab":2}""", true)]
    [InlineData("{ \"a\" : 0 ,\r\n\t\"b\":1, \"ab\":\n2 }", true)]
    [InlineData("{}", true)]
    [InlineData("""{"\"":0,"\\":1,"\/":2,"\b\f\n\r\t":3,"Ġé":4,"":5}""", true)]
    [InlineData("""{"\u0061":0,"b":1}""", false)]
    [InlineData("""{"a":00}""", false)]
    [InlineData("""{"a":1.0}""", false)]
    [InlineData("""{"a":-1}""", false)]
    [InlineData("""{"a":2097152}""", false)]
    [InlineData("""{"a":0,"a":1}""", false)]
    [InlineData("""{"a":0,}""", false)]
    [InlineData("""{"a":0""", false)]
    [InlineData("{\"a\nb\":0}", false)]
    [InlineData("""{"a\x":0}""", false)]
    [InlineData("""{"a" 0}""", false)]
    [InlineData("""{"a":"0"}""", false)]
    public void A_plain_vocabulary_is_what_the_reader_of_JSON_reads_and_nothing_else_is_plain(string json, bool isPlain)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(json);
        var plain = new PlainTokens(bytes, 1);
        var vocabulary = new Vocabulary();
        Assert.Equal(isPlain, plain.TryRead(vocabulary));
        if (isPlain)
        {
            Assert.Equal(bytes.Length - 1, plain.At);
            Vocabulary expected = VocabularyJson.Read(bytes, "f", "vocab");
            Assert.Equal(Enumerable.Range(0, expected.IdBound).Select(expected.TokenOf), Enumerable.Range(0, vocabulary.IdBound).Select(vocabulary.TokenOf));
        }
    }

    [Theory]
    [InlineData("""[["a","b"],["ab","c"]]""", true)]
    [InlineData("""[ "a b" , "ab c" ]""", true)]
    [InlineData("""["a b", [ "ab" , "c" ] ]""", true)]
    [InlineData("[]", true)]
    [InlineData("""["#version: 0.2","a b"]""", false)]
    [InlineData("""[["a","b","c"]]""", false)]
    [InlineData("""[["a"]]""", false)]
    [InlineData("""["ab"]""", false)]
    [InlineData("""["a b c"]""", false)]
    [InlineData("""[["a","x"]]""", false)]
    [InlineData("""[["a","b"],]""", false)]
    [InlineData("""[["a","b"]""", false)]
    [InlineData("""[1]""", false)]
    public void Plain_merges_are_what_the_reader_of_JSON_reads_and_nothing_else_is_plain(string json, bool isPlain)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(json);
        Vocabulary vocabulary = VocabularyJson.Read("""{"a":0,"b":1,"c":2,"ab":3,"abc":4}"""u8, "f", "vocab");
        var plain = new PlainTokens(bytes, 1);
        var merges = new List<Merge>();
        Assert.Equal(isPlain, plain.TryRead(vocabulary, merges));
        if (isPlain)
        {
            Assert.Equal(bytes.Length - 1, plain.At);
            var expected = new List<Merge>();
            var reader = new Utf8JsonReader(bytes);
            reader.Read();
            BpeReader.Merges(ref reader, vocabulary, expected, "f");
            Assert.Equal(expected, merges);
        }
    }

    [Theory]
    [InlineData("""{"a":0,"b":1,"ab":2}""", """[["a","b"]]""")]
    [InlineData("""{"\u0061":0,"b":1,"ab":2}""", """[["a","b"]]""")]
    [InlineData("""{"a":0,"b":1,"ab":2}""", """[["a","\u0062"]]""")]
    [InlineData("""{"\u0061":0,"b":1,"ab":2}""", """["\u0061 b"]""")]
    public void What_follows_is_read_whether_they_were_plain_or_not(string vocabulary, string merges)
    {
        string json = $$$"""{"model":{"type":"BPE","vocab":{{{vocabulary}}},"merges":{{{merges}}},"ignore_merges":true}{{{Rest}}}""";
        TokenizerParts parts = TokenizerJson.Read(System.Text.Encoding.UTF8.GetBytes(json), "f");
        Bpe bpe = Assert.IsType<Bpe>(parts.Model);
        Assert.True(bpe.Settings.IgnoreMerges);
        Assert.NotNull(parts.PreTokenizer);
        Assert.NotEqual(PairTable.None, bpe.Table.Find(0, 1));
    }

    [Fact]
    public void What_is_no_JSON_behind_plain_tokens_has_its_own_line()
    {
        string json = "{\"model\":{\"type\":\"BPE\",\n\"vocab\":{\n\"a\":0,\n\"b\":1,\n\"ab\":2},\n\"merges\":[\n[\"a\",\"b\"]],\n\"unk_token\": nul}}";
        var error = Assert.ThrowsAny<FormatException>(() => TokenizerJson.Read(System.Text.Encoding.UTF8.GetBytes(json), "f"));
        Assert.Contains("(line 8, column 17", error.Message);
    }
}
