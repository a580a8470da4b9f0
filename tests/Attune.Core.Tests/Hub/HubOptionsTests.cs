namespace Attune.Hub;

public class HubOptionsTests
{
    [Theory]
    [InlineData("", "/home/me/.cache/huggingface/hub")]
    [InlineData("XDG_CACHE_HOME=/xdg", "/xdg/huggingface/hub")]
    [InlineData("HF_HOME=/hf XDG_CACHE_HOME=/xdg", "/hf/hub")]
    [InlineData("HF_HOME=~/hf", "/home/me/hf/hub")]
    [InlineData("HF_HUB_CACHE=/c HF_HOME=/hf", "/c")]
    [InlineData("HUGGINGFACE_HUB_CACHE=/old", "/old")]
    public void The_cache_is_where_huggingface_hub_has_it(string environment, string cache) =>
        Assert.Equal(Path.GetFullPath(cache), Read(environment).Cache);

    [Theory]
    [InlineData("", false)]
    [InlineData("HF_HUB_OFFLINE=0", false)]
    [InlineData("HF_HUB_OFFLINE=1", true)]
    [InlineData("HF_HUB_OFFLINE=true", true)]
    [InlineData("HF_HUB_OFFLINE=yes", true)]
    [InlineData("TRANSFORMERS_OFFLINE=ON", true)]
    public void Offline_is_what_huggingface_hub_takes_for_yes(string environment, bool offline) =>
        Assert.Equal(offline, Read(environment).Offline);

    [Fact]
    public void The_token_is_in_the_environment_or_in_the_file()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(Read("HF_HOME=" + folder.Path).Token);
        File.WriteAllText(folder["token"], " hf_file\n");
        Assert.Equal("hf_file", Read("HF_HOME=" + folder.Path).Token);
        Assert.Equal("hf_env", Read("HF_TOKEN=hf_env HF_HOME=" + folder.Path).Token);
        File.WriteAllText(folder["token"], "two\nlines");
        var e = Assert.Throws<AttuneException>(() => Read("HF_HOME=" + folder.Path));
        Assert.DoesNotContain("two", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///x")]
    [InlineData("huggingface.co")]
    [InlineData("https://user:secret@example.org")]
    public void An_endpoint_that_is_no_web_address_is_refused(string endpoint) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<AttuneException>(() => Read("HF_ENDPOINT=" + endpoint)).ExitCode);

    [Theory]
    [InlineData("org/name", "org/name", null)]
    [InlineData("gpt2", "gpt2", null)]
    [InlineData("org/name/model.Q4_1.gguf", "org/name", "model.Q4_1.gguf")]
    [InlineData("org/name/sub/model.gguf", "org/name", "sub/model.gguf")]
    public void A_reference_is_a_repository_and_perhaps_a_file(string source, string repository, string? file) =>
        Assert.Equal(new HubReference(repository, file), HubReference.TryParse(source));

    [Theory]
    [InlineData("../name")]
    [InlineData("./model")]
    [InlineData("/abs/path")]
    [InlineData("C:\\model")]
    [InlineData("org/name/../x")]
    [InlineData("org/name/")]
    [InlineData("builtin:tiny")]
    public void What_is_a_path_or_a_builtin_is_no_reference(string source) => Assert.Null(HubReference.TryParse(source));

    private static HubOptions Read(string environment)
    {
        Dictionary<string, string> variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return HubOptions.FromEnvironment(variables.GetValueOrDefault, "/home/me");
    }
}
