using System.Text.Json;
using Attune.Text;

namespace Attune.Spans;

public sealed class EntityDecoderTests
{
    private static readonly string[] Labels = ["O", "B-PER", "I-PER", "B-LOC"];

    private static readonly Tokenizer WordPieces = Open("##", "[UNK]", "Ada", "Love", "##lace", "Paris");

    [Fact]
    public void An_empty_text_has_no_entities() => Assert.Empty(Decoder(EntityStrategy.Average).Decode("", [Window([], [], [])]));

    [Fact]
    public void A_text_without_windows_has_no_entities() => Assert.Empty(Decoder(EntityStrategy.Simple).Decode("Ada", []));

    [Theory]
    [InlineData(EntityStrategy.None)]
    [InlineData(EntityStrategy.Simple)]
    [InlineData(EntityStrategy.First)]
    [InlineData(EntityStrategy.Average)]
    [InlineData(EntityStrategy.Max)]
    public void Labels_that_are_all_ignored_leave_nothing(EntityStrategy strategy) =>
        Assert.Empty(Decoder(strategy).Decode("Ada Paris", [Window([1, 4], [new(0, 3), new(4, 9)], [0, 0])]));

    [Fact]
    public void Places_are_in_utf_16_units_so_that_a_substring_is_the_entity()
    {
        const string Text = "😀 Ada 🧘 Paris";
        var entities = Decoder(EntityStrategy.Simple).Decode(Text, [Window([0, 1, 0, 4], [new(0, 2), new(3, 6), new(7, 9), new(10, 15)], [0, 1, 3, 3])]);
        Assert.Equal([("PER", "Ada"), ("LOC", "🧘"), ("LOC", "Paris")], entities.Select(entity => (entity.Label, Text[entity.Range.Start..entity.Range.End])));
    }

    [Fact]
    public void Pieces_of_a_word_have_one_label_where_words_count()
    {
        EntityWindow window = Window([2, 3], [new(0, 4), new(4, 8)], [1, 3]);
        Assert.Equal(["Love", "##lace"], Decoder(EntityStrategy.None).Decode("Lovelace", [window]).Select(entity => entity.Word));
        Assert.Equal(["PER", "LOC"], Decoder(EntityStrategy.Simple).Decode("Lovelace", [window]).Select(entity => entity.Label));
        TextEntity entity = Assert.Single(Decoder(EntityStrategy.First).Decode("Lovelace", [window]));
        Assert.Equal(("PER", "Lovelace", new TextRange(0, 8)), (entity.Label, entity.Word, entity.Range));
    }

    [Fact]
    public void An_unknown_token_is_told_as_its_text_and_begins_a_word()
    {
        var entities = Decoder(EntityStrategy.First).Decode("Ada😀", [Window([1, 0], [new(0, 3), new(3, 5)], [1, 3])]);
        Assert.Equal(["Ada", "😀"], entities.Select(entity => entity.Word));
    }

    [Fact]
    public void Of_labels_with_equal_scores_the_first_counts()
    {
        EntityWindow window = Window([1], [new(0, 3)], [0]) with { Logits = new float[] { -1, 2, 2, 2 } };
        Assert.Equal("B-PER", Assert.Single(Decoder(EntityStrategy.None).Decode("Ada", [window])).Label);
    }

    [Fact]
    public void Of_two_entities_in_one_place_the_longer_stays_and_then_the_surer()
    {
        EntityWindow whole = Window([2, 3], [new(0, 4), new(4, 8)], [1, 2]);
        EntityWindow cut = Window([3, 4], [new(4, 8), new(9, 14)], [3, 3]);
        EntityWindow surer = Window([4], [new(9, 14)], [1], sure: 9);
        var entities = Decoder(EntityStrategy.Simple).Decode("Lovelace Paris", [whole, cut, surer]);
        Assert.Equal([("PER", 0, 8), ("PER", 9, 14)], entities.Select(entity => (entity.Label, entity.Range.Start, entity.Range.End)));
    }

    [Fact]
    public void Tokens_of_several_windows_are_not_merged_one_by_one() => Assert.Throws<AttuneException>(
        () => Decoder(EntityStrategy.None).Decode("Ada", [Window([1], [new(0, 3)], [1]), Window([1], [new(0, 3)], [1])]));

    [Fact]
    public void A_window_that_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Decoder(EntityStrategy.None).Decode("Ada", [Window([1], [new(0, 4)], [1])]));
        Assert.Throws<ArgumentException>(() => Decoder(EntityStrategy.None).Decode("Ada", [Window([1], [new(0, 3)], [1]) with { Logits = new float[3] }]));
    }

    [Fact]
    public void Without_marks_of_pieces_a_space_parts_words()
    {
        Tokenizer plain = Open("", "[UNK]", "Love", "lace", "Paris");
        var decoder = new EntityDecoder(plain, Labels) { Strategy = EntityStrategy.First };
        var entities = decoder.Decode("Lovelace Paris", [Window([1, 2, 3], [new(0, 4), new(4, 8), new(9, 14)], [1, 3, 3])]);
        Assert.Equal([new TextRange(0, 8), new TextRange(9, 14)], entities.Select(entity => entity.Range));
    }

    [Fact]
    public void Words_are_joined_and_an_empty_one_keeps_its_delimiter()
    {
        var joined = new JoinedWords(["😀", "", "Ada"], "--");
        Assert.Equal("😀----Ada", joined.Text);
        Assert.Equal([new(0, 0), new(0, 2), new(6, 9)], joined.InText([new(0, 0), new(0, 2), new(0, 3)], [null, 0, 2]));
        Assert.Throws<ArgumentException>(() => joined.InText([new(0, 1)], [3]));
    }

    [Fact]
    public void What_is_written_has_the_names_of_the_pipeline()
    {
        Assert.Equal("""{"entity":"B-PER","score":0.5,"index":3,"word":"Ada","start":1,"end":4}""", Json(new TextEntity("B-PER", 0.5f, "Ada", new(1, 4), 3)));
        Assert.Equal("""{"entity_group":"PER","score":0.5,"word":"Ada","start":1,"end":4}""", Json(new TextEntity("PER", 0.5f, "Ada", new(1, 4), null)));
    }

    private static EntityDecoder Decoder(EntityStrategy strategy) => new(WordPieces, Labels) { Strategy = strategy };

    private static EntityWindow Window(int[] ids, TextRange[] offsets, int[] labels, float sure = 2) => new()
    {
        Ids = ids,
        Tokens = Array.ConvertAll(ids, id => WordPieces.TokenOf(id)!),
        Offsets = offsets,
        SpecialTokensMask = new int[ids.Length],
        Logits = labels.SelectMany(label => Enumerable.Range(0, Labels.Length).Select(one => one == label ? sure : 0f)).ToArray(),
    };

    private static Tokenizer Open(string prefix, params string[] vocabulary)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("attune-entities").FullName, "tokenizer.json");
        string vocab = string.Join(',', vocabulary.Select((token, id) => $"{JsonSerializer.Serialize(token)}:{id}"));
        File.WriteAllText(file, $$"""
            {"version":"1.0","added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,
             "decoder":{"type":"WordPiece","prefix":"##","cleanup":false},
             "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"{{prefix}}","max_input_chars_per_word":100,"vocab":{ {{vocab}} } } }
            """);
        Tokenizer tokenizer = Tokenizer.FromFile(file);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        return tokenizer;
    }

    private static string Json(TextEntity entity)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            entity.WriteTo(json);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
