namespace Attune.Models;

public sealed class ModelCardTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-card-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("---\nlicense: apache-2.0\nbase_model:\n- org/base\n- org/other\n---\nlicense: mit", "apache-2.0", "org/base")]
    [InlineData("---\nbase_model: \"org/base\"\ntags:\n- license: mit\n---", null, "org/base")]
    [InlineData("# A model\nlicense: mit", null, null)]
    [InlineData("", null, null)]
    public void The_front_matter_says_licence_and_base(string readme, string? licence, string? baseModel)
    {
        File.WriteAllText(Path.Combine(folder, "README.md"), readme);
        Assert.Equal(new ModelCard(licence, baseModel), ModelCard.Find(folder));
    }

    [Fact]
    public void A_folder_without_a_card_says_nothing() => Assert.Equal(new ModelCard(null, null), ModelCard.Find(folder));
}
