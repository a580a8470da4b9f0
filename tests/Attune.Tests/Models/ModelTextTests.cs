using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Recipes;
using Attune.Training;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>What is said of a model before a weight is read.</summary>
public sealed class ModelTextTests
{
    private static readonly string Tiny = Path.Combine(TestPaths.Root, "models", "tiny");

    [Theory]
    [InlineData("""{"model_type": "lama", "dtype": "strange"}""", "config.json: model_type is \"lama\", which is unknown (did you mean \"llama\"?); known are")]
    [InlineData("""{"model_type": "zamba9"}""", "see `attune models`")]
    [InlineData("""{"vocab_size": 7}""", "config.json: model_type is missing; it names the model's family: known are")]
    [InlineData("""{"architectures": ["Gpt2LMHeadModel"]}""", "model_type is missing; Gpt2LMHeadModel is of the family gpt2")]
    public void The_family_is_asked_for_before_anything_else(string config, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], config);
        File.WriteAllText(folder["tokenizer.json"], "no JSON");
        Assert.Contains(message, Assert.ThrowsAny<AttuneException>(() => ModelText.Open(folder.Path)).Message);
    }

    [Fact]
    public void Tokens_and_end_tokens_beyond_the_model_are_told_and_kept_out_of_GGUF()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in Directory.EnumerateFiles(Tiny))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        var tokenizer = JsonNode.Parse(File.ReadAllText(folder["tokenizer.json"]))!;
        tokenizer["added_tokens"]!.AsArray().Add(new JsonObject
        {
            ["id"] = 4096, ["content"] = "<pad>", ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
        });
        File.WriteAllText(folder["tokenizer.json"], tokenizer.ToJsonString());
        File.WriteAllText(folder["generation_config.json"], """{"eos_token_id": [2, 5000]}""");
        using var open = ModelText.Open(folder.Path).Load(float32, float32);
        Assert.Equal([("tokens-beyond-the-model", 1), ("end-token-beyond-the-model", 1)], open.Text.Notices.All.Select(notice => (notice.Code, notice.Count)));
        Assert.Equal("4096 <pad>", open.Text.Notices.All[0].First);
        ModelSaver.SaveGguf(open.Model, folder["x.gguf"], "F16", open.Text);
        using var gguf = Formats.Gguf.Open(folder["x.gguf"]);
        Assert.Equal(4096, ((string[])gguf.Metadata["tokenizer.ggml.tokens"]).Length);
        var again = ModelText.Open(folder["x.gguf"]);
        Assert.Equal(open.Tokenizer.AddedTokens, again.Tokenizer.AddedTokens);
        Assert.Contains("tokens-beyond-the-model", again.Notices.All.Select(notice => notice.Code));
    }

    [Theory]
    [InlineData("\"dtype\": \"float32\",", "F32")]
    [InlineData("\"torch_dtype\": \"bfloat16\",", "BF16")]
    [InlineData("", "F32")]
    public void The_type_of_a_checkpoint_is_what_its_config_says_or_its_tensors_have(string dtype, string type)
    {
        using var folder = new TemporaryFolder();
        using (var model = Tuning.SmallModel.Llama())
        {
            ModelSaver.Save(model, folder["model"], ScalarType.Float32);
        }

        string config = File.ReadAllText(folder["model/config.json"]);
        File.WriteAllText(folder["model/config.json"], config.Replace("\"dtype\": \"float32\"", dtype.TrimEnd(',') is { Length: > 0 } said ? said : "\"x\": 1", StringComparison.Ordinal));
        File.Copy(Path.Combine(Tiny, "tokenizer.json"), folder["model/tokenizer.json"]);
        Assert.Equal(Enum.Parse<ElementType>(type), ModelText.Open(folder["model"]).StoredType);
    }

    [Fact]
    public void What_no_recipe_speaks_of_is_computed_as_it_is_stored()
    {
        Assert.Equal(ScalarType.Float32, ComputeTypes.Of(Precision.Auto, ElementType.F32));
        Assert.Equal(ScalarType.Float32, ComputeTypes.Of(Precision.Auto, ElementType.F16));
        Assert.Equal(ComputeTypes.Of(Precision.Auto), ComputeTypes.Of(Precision.Auto, ElementType.BF16));
        Assert.Equal(ComputeTypes.Of(Precision.Auto), ComputeTypes.Of(Precision.Auto, null));
        Assert.Equal(ScalarType.BFloat16, ComputeTypes.Of(Precision.BFloat16, ElementType.F32));
        Assert.Equal(ScalarType.Float32, ComputeTypes.Of(Precision.Float32, ElementType.BF16));
    }
}
