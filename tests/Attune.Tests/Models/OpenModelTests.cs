using Attune.Text;

namespace Attune.Models;

public sealed class OpenModelTests
{
    private static readonly string Hf = "models/smollm2-135m-instruct-gguf/hf";

    [Fact]
    public void A_gguf_file_brings_its_tokenizer_template_and_end_token()
    {
        using var open = OpenModel.Open(TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf/SmolLM2-135M-Instruct.Q4_1.gguf"), storage: TorchSharp.torch.bfloat16);
        Assert.True(open.IsChatModel);
        Assert.Equal([2], open.EndTokenIds);
        Assert.Empty(open.Unexpected);
        string text = open.Template.Render([new ChatMessage("user", "Hi")], new ChatTemplateArguments { AddGenerationPrompt = true }).Text;
        Assert.EndsWith("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", text);
        Assert.Equal(1, open.Tokenizer.Encode(text, addSpecialTokens: false).Ids[0]);
    }

    [Fact]
    public void A_folder_brings_generation_config_too()
    {
        string tokenizer = TestPaths.SharedOrSkip(Hf);
        string weights = TestPaths.SharedOrSkip("parity/_models/llama-generate");
        using var folder = new TemporaryFolder();
        foreach (string file in Directory.EnumerateFiles(weights).Where(file => Path.GetFileName(file) != "generation_config.json"))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        File.Copy(Path.Combine(tokenizer, "tokenizer.json"), folder["tokenizer.json"]);
        File.WriteAllText(folder["generation_config.json"], "{\"eos_token_id\": [7, 9]}");
        using var open = OpenModel.Open(folder.Path);
        Assert.Equal([7, 9], open.EndTokenIds);
        Assert.False(open.IsChatModel);
        var error = Assert.Throws<AttuneException>(() => open.Template);
        Assert.Contains("no chat template", error.Message);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("nowhere.gguf")]
    public void What_is_not_there_is_said(string path) => Assert.Equal(ExitCode.MissingInput, Assert.Throws<AttuneException>(() => OpenModel.Open(path)).ExitCode);
}
