namespace Attune.Formats;

public sealed class SafePathLinkTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("models--a--b/snapshots/c0ffee", "../../blobs/x", true)]
    [InlineData("models--a--b/snapshots/c0ffee/1_Pooling", "../../../blobs/x", true)]
    [InlineData("models--a--b/snapshots/c0ffee", "../../../outside", false)]
    [InlineData("models--a--b/snapshots/c0ffee", "../../blobs/../../outside", false)]
    [InlineData("models--a--b/snapshots/c0ffee", "../../blobs/link", false)]
    [InlineData("models--a--b", "blobs/x", false)]
    public void A_link_is_followed_from_a_snapshot_of_the_hubs_cache_to_its_blobs_only(string from, string target, bool allowed)
    {
        Directory.CreateDirectory(folder[from]);
        Directory.CreateDirectory(folder["models--a--b/blobs"]);
        File.WriteAllText(folder["models--a--b/blobs/x"], "x");
        File.WriteAllText(folder["outside"], "x");
        File.CreateSymbolicLink(folder["models--a--b/blobs/link"], "../../outside");
        File.CreateSymbolicLink(Path.Combine(folder[from], "model.safetensors"), target);
        if (allowed)
        {
            Assert.Equal("x", File.ReadAllText(SafePath.Under(folder[from], "model.safetensors")));
        }
        else
        {
            var e = Assert.Throws<AttuneException>(() => SafePath.Under(folder[from], "model.safetensors"));
            Assert.Equal("\"model.safetensors\" is a symbolic link", e.Problem);
        }
    }
}
