using System.Reflection;
using System.Text.RegularExpressions;
using Attune.Recipes;

namespace Attune.House;

/// <summary>A key that a recipe may have decides something: what reads it is not the reader of recipes alone.</summary>
public sealed class RecipeKeysTests
{
    // Copies paths, and tells the plan; decides nothing.
    private static readonly string[] Carriers = ["src/Attune/Training/RecipePaths.cs"];

    public static IEnumerable<TheoryDataRow<string, string>> Keys => new (string Section, Type Type)[]
    {
        ("Model", typeof(ModelOptions)), ("Train", typeof(TrainOptions)), ("Stop", typeof(StopOptions)), ("Evaluate", typeof(EvaluateOptions)), ("Recipe", typeof(Recipe)),
    }.SelectMany(section => Properties(section.Type).Select(property => new TheoryDataRow<string, string>(section.Section, property)));

    public static IEnumerable<TheoryDataRow<string>> DataKeys => Properties(typeof(DataOptions))
        .Where(property => property is not (nameof(DataOptions.Now) or nameof(DataOptions.ParsesSpecialTokens))).Select(property => new TheoryDataRow<string>(property));

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_is_used_outside_of_Recipes(string section, string property) => Assert.Contains(Deciding, file => Uses(file.Code, section, property));

    /// <summary>Rows are read by their own record, which the section becomes.</summary>
    [Theory]
    [MemberData(nameof(DataKeys))]
    public void A_key_of_data_goes_into_what_reads_the_rows(string property)
    {
        string code = SourceFile.All.Single(file => file.Path == "src/Attune.Core/Recipes/DataOptions.cs").Code;
        string body = Regex.Match(code, @"ExampleSource ToSource\(\).*?\n    }", RegexOptions.Singleline).Value;
        Assert.Matches($@"[=?] .*\b{property}\b|\(.*\b{property}\b", body);
    }

    /// <summary>The time is no matter of reading rows: it becomes the clock that templates see.</summary>
    [Fact]
    public void The_time_goes_to_what_renders_templates() =>
        Assert.Contains(SourceFile.All.Where(file => file.Folder == "Training"), file => file.Code.Contains(".Clock = recipe.Data.Clock", StringComparison.Ordinal));

    /// <summary>Nor are special tokens: the text is the same, its tokens are others.</summary>
    [Fact]
    public void Special_tokens_go_to_what_encodes_rows() => Assert.Contains(SourceFile.All.Where(file => file.Folder == "Training"),
        file => file.Code.Contains(".ParsesSpecialTokens = recipe.Data.ParsesSpecialTokens", StringComparison.Ordinal));

    [Fact]
    public void A_key_that_nothing_uses_is_seen()
    {
        Assert.False(Uses("var x = train.Epochs; // train.Other", "Train", "Other2"));
        Assert.False(Uses("var x = mytrain.Epochs;", "Train", "Epochs"));
        Assert.True(Uses("setup.Recipe.Train.Epochs", "Train", "Epochs"));
        Assert.DoesNotContain(Deciding, file => Uses(file.Code, "Train", "NoSuchKey"));
    }

    private static IEnumerable<SourceFile> Deciding => SourceFile.All.Where(file => file.Folder != "Recipes" && !Carriers.Contains(file.Path));

    // As a member of the section, or of a variable or parameter that is called after it; models are opened from "options".
    private static bool Uses(string code, string section, string property) =>
        Regex.IsMatch(code, $@"(?<!\w)(?:{section}|{section.ToLowerInvariant()}{(section == "Model" ? "|options" : "")})[?!]?\.{property}\b");

    private static IEnumerable<string> Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name);
}
