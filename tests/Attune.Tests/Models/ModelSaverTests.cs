using System.Diagnostics;
using Attune.Formats;
using Attune.Native;
using Attune.Nn;
using Attune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Models;

public sealed class ModelSaverTests
{
    private const string Stories = "models/w_stories260K/stories260K.gguf";

    [Theory]
    [InlineData(ScalarType.Float32, 5_000_000_000, 1)]
    [InlineData(ScalarType.BFloat16, 2_000, 6)]
    public void A_folder_opens_again_and_holds_tied_tensors_once(ScalarType type, long maxShardBytes, int files)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = SmallModel.Llama(tied: true);
        ModelSaver.Save(model, folder["model"], type, maxShardBytes);
        Assert.Equal(files, Directory.GetFiles(folder["model"], "*.safetensors").Length);
        using (var source = ShardedSafetensors.OpenFolder(folder["model"]))
        {
            Assert.DoesNotContain("lm_head.weight", source.Tensors.Keys);
        }

        var opened = ModelLoader.Load(folder["model"], type, float32);
        using var again = opened.Model;
        Assert.Empty(opened.Unexpected);
        Assert.Equal(type == ScalarType.BFloat16 ? ElementType.BF16 : ElementType.F32, again.Config.DType);
        AssertSame(model, again, type);
    }

    [Theory]
    [InlineData("F32", 0)]
    [InlineData("F16", 1e-3)]
    [InlineData("BF16", 5e-3)]
    [InlineData("Q8_0", 1e-2)]
    public void A_gguf_file_opens_again_with_its_tokenizer(string type, double tolerance)
    {
        string path = TestPaths.SharedOrSkip(Stories);
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = ModelLoader.Load(path, float32, float32).Model;
        using var source = Formats.Gguf.Open(path);
        ModelSaver.SaveGguf(model, folder["new.gguf"], type, source.Metadata);
        using var written = Formats.Gguf.Open(folder["new.gguf"]);
        Assert.Equal("llama", written.Metadata["general.architecture"]);
        Assert.Equal(source.Metadata["tokenizer.ggml.tokens"], written.Metadata["tokenizer.ggml.tokens"]);
        Assert.Equal(type, written.Tensor("blk.0.ffn_up.weight").Type.Name);
        Assert.Equal("F32", written.Tensor("blk.0.attn_norm.weight").Type.Name);
        using var again = ModelLoader.Load(folder["new.gguf"], float32, float32).Model;
        foreach (var (name, parameter) in model.NamedParameters())
        {
            var other = again.NamedParameters().First(named => named.Name == name).Parameter;
            Assert.True(SmallModel.Off(parameter.Base, other.Base) <= tolerance * parameter.Base.abs().max().ToDouble(), name);
        }
    }

    [Fact]
    public void What_GGUF_has_no_place_for_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var gpt2 = SmallModel.Gpt2();
        var error = Assert.Throws<AttuneException>(() => ModelSaver.SaveGguf(gpt2, folder["x.gguf"], "F32", new Dictionary<string, object>()));
        Assert.Contains("gpt2", error.Message);
        using var llama = SmallModel.Llama();
        error = Assert.Throws<AttuneException>(() => ModelSaver.SaveGguf(llama, folder["x.gguf"], "Q4_K", new Dictionary<string, object>()));
        Assert.Contains("Q4_K", error.Message);
        Assert.False(File.Exists(folder["x.gguf"]));
    }

    [Fact]
    public void Llama_cpp_says_the_same_of_what_was_written_and_of_the_original()
    {
        string tool = TestPaths.SharedOrSkip("python/llama"), path = TestPaths.SharedOrSkip(Stories);
        using var folder = new TemporaryFolder();
        using var model = ModelLoader.Load(path, float32, float32).Model;
        using var source = Formats.Gguf.Open(path);
        ModelSaver.SaveGguf(model, folder["new.gguf"], "F32", source.Metadata);
        string original = Complete(tool, path), written = Complete(tool, folder["new.gguf"]);

        // On a busy machine the tool ends before it has printed its last tokens.
        int both = Math.Min(original.Length, written.Length);
        Assert.True(both > 100, $"{original} | {written}");
        Assert.Equal(original[..both], written[..both]);
    }

    /// <summary>
    /// What llama.cpp writes. On a busy machine it ends before it has printed its last tokens, or any: it is asked again until it says the same
    /// twice, and of what it said the longest counts.
    /// </summary>
    internal static string Complete(string tool, string path)
    {
        const int Tries = 8;
        var said = new List<string>();
        while (said.Count < Tries && said.Count(text => text == said.MaxBy(other => other.Length)) < 2)
        {
            said.Add(CompleteOnce(tool, path));
        }

        return said.MaxBy(text => text.Length)!;
    }

    private static string CompleteOnce(string tool, string path)
    {
        string[] arguments = ["completion", "-m", path, "-p", "Once upon a time", "-n", "60", "--temp", "0", "-no-cnv", "--no-warmup", "-t", "2", "--simple-io"];
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.SkipWhen(process.ExitCode == 132, "this processor lacks instructions that llama.cpp's tools were built for");
        Assert.Equal(0, process.ExitCode);
        return text;
    }

    private static void AssertSame(LanguageModel expected, LanguageModel actual, ScalarType type)
    {
        var others = actual.NamedParameters().ToDictionary(named => named.Name, named => named.Parameter);
        foreach (var (name, parameter) in expected.NamedParameters())
        {
            Assert.Equal(TensorMemory.ToFloats(parameter.Base.to(type)), TensorMemory.ToFloats(others[name].Base));
        }
    }
}
