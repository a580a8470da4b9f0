namespace Attune.Formats;

public sealed class SafePathTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("attune-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData("model-00001-of-00002.safetensors")]
    [InlineData("a")]
    [InlineData("A_b.C-1.txt")]
    public void A_plain_name_is_a_path_in_the_folder(string name) => Assert.Equal(Path.Combine(root, name), SafePath.Under(root, name));

    [Theory]
    [InlineData("../x.safetensors")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("-rf")]
    [InlineData("a/../../x")]
    [InlineData("a/b")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\Windows\\x")]
    [InlineData("C:x")]
    [InlineData("\\\\server\\share\\x")]
    [InlineData("..\\x")]
    [InlineData("x\0.safetensors")]
    [InlineData("x.")]
    [InlineData("x ")]
    [InlineData(" x")]
    [InlineData("....//x")]
    [InlineData("%2e%2e%2fx")]
    [InlineData("https://example.com/x")]
    [InlineData("x\n")]
    [InlineData("é.safetensors")]
    [InlineData("x:stream")]
    public void Everything_else_is_refused(string name)
    {
        var exception = Assert.Throws<AttuneException>(() => SafePath.Under(root, name));
        Assert.Equal(ExitCode.BadData, exception.ExitCode);
        Assert.Equal(root, exception.Place);
    }

    [Fact]
    public void A_very_long_name_is_refused() => Assert.Throws<AttuneException>(() => SafePath.Under(root, new string('a', 300)));

    [Fact]
    public void A_link_is_refused_also_where_it_leads_nowhere()
    {
        File.CreateSymbolicLink(Path.Combine(root, "there"), "/etc/hostname");
        File.CreateSymbolicLink(Path.Combine(root, "nowhere"), Path.Combine(root, "absent"));
        Assert.Contains("symbolic link", Assert.Throws<AttuneException>(() => SafePath.Under(root, "there")).Message, StringComparison.Ordinal);
        Assert.Throws<AttuneException>(() => SafePath.Under(root, "nowhere"));
    }
}
