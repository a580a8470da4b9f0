namespace Attune.Recipes;

/// <summary>The key <c>data.separator</c>.</summary>
public sealed class SeparatorTests
{
    [Theory]
    [InlineData("tab", '\t', "tab")]
    [InlineData("\"\\t\"", '\t', "tab")]
    [InlineData("\\t", '\t', "tab")]
    [InlineData("semicolon", ';', "semicolon")]
    [InlineData(";", ';', "semicolon")]
    [InlineData("\",\"", ',', "comma")]
    [InlineData("pipe", '|', "pipe")]
    [InlineData("^", '^', "^")]
    public void A_word_or_a_character_is_read_and_written(string written, char separator, string word)
    {
        Recipe recipe = Parse(written);
        Assert.Equal(separator, recipe.Data.Separator);
        Assert.Equal(separator, recipe.Data.ToSource().Read.Delimiter);
        Assert.Equal(word, recipe.ToJson()["data"]!["separator"]!.GetValue<string>());
        Assert.Equal(separator, Recipe.Parse(recipe.ToYaml()).Data.Separator);
    }

    [Theory]
    [InlineData("tabs")]
    [InlineData("'\"'")]
    [InlineData("§")]
    public void What_separates_nothing_is_refused(string written) =>
        Assert.Contains("separator must be comma, semicolon, tab, pipe, space, or one ASCII character",
        Assert.ThrowsAny<AttuneException>(() => Parse(written)).Message);

    private static Recipe Parse(string separator) =>
        Recipe.Parse($"model: {{ source: m }}\nmethod: lora\ndata:\n  train: a.csv\n  separator: {separator}\n");
}
