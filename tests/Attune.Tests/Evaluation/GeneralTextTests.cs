using Attune.Formats;
using Attune.Text;

namespace Attune.Evaluation;

public sealed class GeneralTextTests
{
    [Fact]
    public void The_builtin_text_is_the_repositorys() =>
        Assert.Equal(File.ReadAllText(Path.Combine(TestPaths.Root, "models", "general", "general.txt")), GeneralText.Read(GeneralText.Builtin));

    [Fact]
    public void Windows_are_the_references()
    {
        // The reference's windows of 256 without overlap; the last has 46 tokens.
        string folder = TestPaths.SharedOrSkip("parity/perplexity/smollm2");
        var windows = GeneralText.Windows(Path.Combine(folder, "text.txt"), Tokenizer.FromFolder(TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf/hf")));
        using var inputs = Safetensors.Open(Path.Combine(folder, "inputs.safetensors"));
        var expected = inputs.ReadIntegers("input_ids").Select(id => (int)id);
        Assert.Equal(expected, windows.SelectMany(window => window.Ids));
        Assert.Equal([256, 256, 256, 256, 256, 256, 256, 46], windows.Select(window => window.Ids.Length));
        Assert.All(windows, window => Assert.Equal(window.Ids.Length - 1, window.Trained.Count(trained => trained)));
        Assert.All(windows, window => Assert.False(window.Trained[0]));
    }

    [Fact]
    public void Short_ends_and_short_texts()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = Tokenizer.FromFolder(TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf/hf"));
        string path = folder["text.txt"];
        File.WriteAllText(path, string.Concat(Enumerable.Repeat(" a", 256 + 8)));
        Assert.Equal([256], GeneralText.Windows(path, tokenizer).Select(window => window.Ids.Length));
        File.WriteAllText(path, string.Concat(Enumerable.Repeat(" a", 256 + 9)));
        Assert.Equal([256, 9], GeneralText.Windows(path, tokenizer).Select(window => window.Ids.Length));
        Assert.Equal([128, 128, 9], GeneralText.Windows(path, tokenizer, 128).Select(window => window.Ids.Length));
        File.WriteAllText(path, " a a");
        Assert.Equal(ExitCode.BadData, Assert.Throws<AttuneException>(() => GeneralText.Windows(path, tokenizer)).ExitCode);
    }

    [Fact]
    public void What_cannot_be_read_is_said()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCode.MissingInput, Assert.Throws<AttuneException>(() => GeneralText.Read(folder["nowhere.txt"])).ExitCode);
        File.WriteAllBytes(folder["latin.txt"], [0x61, 0x62, 0xE9, 0x20]);
        Assert.Contains("not UTF-8", Assert.Throws<AttuneException>(() => GeneralText.Read(folder["latin.txt"])).Message, StringComparison.Ordinal);
        File.WriteAllText(folder["empty.txt"], " \n");
        Assert.Equal(ExitCode.BadData, Assert.Throws<AttuneException>(() => GeneralText.Read(folder["empty.txt"])).ExitCode);
    }
}
