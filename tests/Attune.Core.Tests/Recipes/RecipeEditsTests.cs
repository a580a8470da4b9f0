namespace Attune.Recipes;

public class RecipeEditsTests
{
    private const string Yaml = "model: {source: a}\ndata: {train: [x.jsonl, y.jsonl]}\nmethod: lora\ntrain: {epochs: 3}\n";

    [Theory]
    [InlineData("train.epochs=5", """{"train":{"epochs":5}}""")]
    [InlineData("train.learning_rate=1e-4", """{"train":{"epochs":3,"learning_rate":0.0001}}""")]
    [InlineData("method=full", """{"method":"full"}""")]
    [InlineData("method.lora.rank=4", """{"method":{"lora":{"rank":4}}}""")]
    [InlineData("stop.patience=2", """{"stop":{"patience":2}}""")]
    [InlineData("model.source=C:\\models\\a b: [c].gguf", """{"model":{"source":"C:\\models\\a b: [c].gguf"}}""")]
    [InlineData("model.source='7'", """{"model":{"source":"7"}}""")]
    [InlineData("data.train.1=z=1.jsonl", """{"data":{"train":["x.jsonl","z=1.jsonl"]}}""")]
    [InlineData("data.train=[a, b]", """{"data":{"train":["a","b"]}}""")]
    [InlineData("data.map={user: '{q}', assistant: '{a}'}", """{"data":{"train":["x.jsonl","y.jsonl"],"map":{"user":"{q}","assistant":"{a}"}}}""")]
    [InlineData("train.epochs=", """{"train":{"epochs":null}}""")]
    public void An_edit_changes_its_key_only(string edit, string changed)
    {
        RecipeNode root = YamlReader.Read(Yaml, "f.yaml");
        var expected = (System.Text.Json.Nodes.JsonObject)root.ToJson()!;
        foreach ((string key, System.Text.Json.Nodes.JsonNode? value) in System.Text.Json.Nodes.JsonNode.Parse(changed)!.AsObject().ToList())
        {
            expected[key] = value?.DeepClone();
        }

        Assert.Equal(expected.ToJsonString(), RecipeEdits.Apply(root, [edit]).ToJson()!.ToJsonString());
    }

    [Theory]
    [InlineData("train.epochs", "is no edit")]
    [InlineData("=3", "is no edit")]
    [InlineData("train..epochs=3", "is no edit")]
    [InlineData("a.b.c.d.e.f.g.h.i.j.k.l.m=3", "is no edit")]
    [InlineData("method.full.x=3", "there are no keys below lora (f.yaml:3:9)")]
    [InlineData("data.train.2=z", "2 is no place in a list of 2")]
    [InlineData("data.train=[a", "is not YAML")]
    [InlineData("data.train=[*a]", "anchors (&)")]
    public void What_is_no_edit_is_refused(string edit, string message)
    {
        var e = Assert.ThrowsAny<AttuneException>(() => RecipeEdits.Apply(YamlReader.Read(Yaml, "f.yaml"), [edit]));
        Assert.StartsWith("--set " + edit + ": ", e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_name_the_edit_that_made_the_value()
    {
        var e = Assert.Throws<RecipeException>(() => Recipe.Parse(Yaml, "f.yaml", ["train.epochs=-1", "train.epoch=1"]));
        Assert.Equal(
            [
                "--set train.epochs=-1: train.epochs must be greater than 0 (got -1)",
                "--set train.epoch=1: train has no key epoch; did you mean epochs?",
            ],
            e.Errors);
    }
}
