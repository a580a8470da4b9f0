using System.Text;

namespace Attune.Recipes;

public class YamlReaderTests
{
    [Fact]
    public void Nodes_have_their_places()
    {
        var root = (RecipeMap)YamlReader.Read("a: 1\nb:\n  - x\n  - {c: 'two'}\n", "f.yaml");
        Assert.Equal("f.yaml:1:4", root["a"]!.Value.Place.ToString());
        var list = (RecipeList)root["b"]!.Value;
        Assert.Equal("f.yaml:3:5", list.Items[0].Place.ToString());
        RecipeEntry c = ((RecipeMap)list.Items[1])["c"]!;
        Assert.Equal("f.yaml:4:6", c.KeyPlace.ToString());
        Assert.True(((RecipeScalar)c.Value).Quoted);
    }

    [Theory]
    [InlineData("a: &x 1\nb: *x", "f.yaml:1:4: anchors (&) and aliases (*) are not allowed in a recipe")]
    [InlineData("b: *x", "f.yaml:1:4: anchors (&) and aliases (*) are not allowed in a recipe")]
    [InlineData("a: !!int 1", "f.yaml:1:4: tags (!) are not allowed in a recipe")]
    [InlineData("a: !x {}", "f.yaml:1:4: tags (!) are not allowed in a recipe")]
    [InlineData("a: 1\nb: 2\na: 3", "f.yaml:3:1: the key a is given twice (first on line 1)")]
    [InlineData("a: 1\n\"a\": 3", "f.yaml:2:1: the key a is given twice (first on line 1)")]
    [InlineData("[a, b]: 1", "f.yaml:1:1: a key must be a word, not a list or a map")]
    [InlineData("a: 1\n---\nb: 2", "f.yaml:2:1: a second document begins here")]
    [InlineData("a: \"\\ud800\"", "f.yaml:1:4: ")]
    [InlineData("a: [1, 2", "is not YAML")]
    [InlineData("a:\n\t- b", "is not YAML")]
    public void What_a_recipe_does_not_need_is_refused(string yaml, string message)
    {
        var e = Assert.ThrowsAny<AttuneException>(() => YamlReader.Read(yaml, "f.yaml"));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, e.ExitCode);
    }

    [Fact]
    public void Depth_is_limited_to_32()
    {
        static string Nested(int depth) => string.Concat(Enumerable.Repeat("[", depth)) + string.Concat(Enumerable.Repeat("]", depth));
        Assert.IsType<RecipeList>(YamlReader.Read(Nested(32), "f.yaml"));
        var e = Assert.Throws<AttuneException>(() => YamlReader.Read(Nested(33), "f.yaml"));
        Assert.Contains("f.yaml:1:33: more than 32", e.Message, StringComparison.Ordinal);
        Assert.Throws<AttuneException>(() => YamlReader.Read(Nested(100_000), "f.yaml"));
        Assert.Throws<AttuneException>(() => YamlReader.Read(string.Concat(Enumerable.Repeat("- ", 100_000)), "f.yaml"));
    }

    [Fact]
    public void Size_is_limited_to_256_KB()
    {
        Assert.IsType<RecipeMap>(YamlReader.Read("a: " + new string('x', YamlReader.MostBytes - 3), "f.yaml"));
        var e = Assert.Throws<AttuneException>(() => YamlReader.Read("a: " + new string('x', YamlReader.MostBytes - 2), "f.yaml"));
        Assert.Equal("f.yaml: is larger than 256 KB; a recipe is a short text: is this the right file?", e.Message);
    }

    [Fact]
    public void Files_that_are_none_are_refused()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "recipe.yaml");
        var e = Assert.Throws<AttuneException>(() => YamlReader.ReadFile(file));
        Assert.Equal((ExitCode.MissingInput, "there is no such file"), (e.ExitCode, e.Problem));
        e = Assert.Throws<AttuneException>(() => YamlReader.ReadFile(folder.Path));
        Assert.Equal((ExitCode.MissingInput, "is a folder"), (e.ExitCode, e.Problem));
        e = Assert.Throws<AttuneException>(() => YamlReader.ReadFile("a\0b"));
        Assert.Equal(ExitCode.MissingInput, e.ExitCode);

        File.WriteAllBytes(file, [.. "a: "u8, 0xFF, 0xFE]);
        e = Assert.Throws<AttuneException>(() => YamlReader.ReadFile(file));
        Assert.Equal("is not UTF-8 text (byte 3)", e.Problem);
        File.WriteAllBytes(file, new byte[YamlReader.MostBytes + 1]);
        Assert.Contains("is larger than", Assert.Throws<AttuneException>(() => YamlReader.ReadFile(file)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(file, [.. Encoding.UTF8.Preamble, .. "a: 1"u8]);
        Assert.Equal("a", ((RecipeMap)YamlReader.ReadFile(file)).Entries[0].Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("---\n")]
    public void Nothing_reads_as_null(string yaml) => Assert.True(YamlReader.Read(yaml, "f.yaml").IsNull);
}
