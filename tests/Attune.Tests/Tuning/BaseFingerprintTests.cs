using Attune.Formats;
using Attune.Models;
using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

public sealed class BaseFingerprintTests
{
    [Theory]
    [InlineData("model.layers.1.mlp.down_proj.weight")]
    [InlineData("model.layers.0.input_layernorm.weight")]
    [InlineData("model.embed_tokens.weight")]
    public void An_adapter_is_refused_by_another_model_of_the_same_shapes(string changed)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Save(SmallModel.Llama(), folder.Path);
        using var same = SmallModel.Llama();
        TuningMethods.Open(folder.Path, same).Dispose();
        using (var set = new AdapterSet(same))
        {
            set.Add("one", folder.Path);
        }

        using var other = SmallModel.Llama();
        other.NamedParameters().First(named => named.Name == changed).Parameter.Base.mul_(1.5);
        var error = Assert.ThrowsAny<AttuneException>(() => TuningMethods.Open(folder.Path, other));
        Assert.Contains("was trained on another model of the same shapes", error.Message);
        Assert.Contains("adapter_model.safetensors", error.Message);
        Assert.All(other.NamedLayers(), named => Assert.Null((named.Layer as IAdaptable)?.Delta));
        using var others = new AdapterSet(other);
        Assert.ThrowsAny<AttuneException>(() => others.Add("one", folder.Path));
        Assert.Empty(others.Names);
    }

    [Fact]
    public void The_head_does_not_count_for_a_task_may_begin_it_anew()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModel.Llama();
        var before = BaseFingerprint.Of(model);
        model.NamedParameters().First(named => named.Name == "lm_head.weight").Parameter.Base.mul_(2);
        Assert.Equal(before, BaseFingerprint.Of(model));
    }

    [Fact]
    public void It_is_the_same_from_every_file_and_in_every_precision_of_one_model()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        string stories = TestPaths.SharedOrSkip("models/w_stories260K/stories260K.gguf");
        using (var model = ModelLoader.Load(stories, float32, float32).Model)
        using (var source = Formats.Gguf.Open(stories))
        {
            ModelSaver.Save(model, folder["folder"]);
            ModelSaver.Save(model, folder["folder16"], bfloat16);
            foreach (string type in new[] { "F32", "BF16", "F16", "Q8_0" })
            {
                ModelSaver.SaveGguf(model, folder[type + ".gguf"], type, source.Metadata);
            }
        }

        BaseFingerprint Of(string name, ScalarType storage)
        {
            using var model = ModelLoader.Load(folder[name], storage, float32).Model;
            return BaseFingerprint.Of(model);
        }

        var exact = Of("folder", float32);
        string[] same = ["folder", "folder16", "F32.gguf", "BF16.gguf"];
        Assert.All(same.SelectMany(name => new[] { Of(name, float32), Of(name, bfloat16) }), one => Assert.Equal((Digest(exact.Vectors), Digest(exact.Matrices)), (Digest(one.Vectors), Digest(one.Matrices))));

        // What was rounded otherwise is no other model, and its vectors are still compared.
        string[] rounded = ["F16.gguf", "Q8_0.gguf"];
        foreach (var one in rounded.SelectMany(name => new[] { Of(name, float32), Of(name, bfloat16) }).Append(Of("folder", float16)))
        {
            Assert.NotEqual(Digest(exact.Matrices), Digest(one.Matrices));
            Assert.True(exact.MayBe(one) && one.MayBe(exact));
        }

        var quantised = Of("Q8_0.gguf", float32);
        Assert.Equal(Digest(exact.Vectors), Digest(quantised.Vectors));
        Assert.False(quantised.MayBe(exact with { Vectors = "F32 0" }));
        Assert.False(quantised.MayBe(quantised with { Matrices = quantised.Matrices[..^1] }));
    }

    [Theory]
    [InlineData("HuggingFaceTB/SmolLM2-135M", "/models/SmolLM2-135M", false)]
    [InlineData("HuggingFaceTB/SmolLM2-135M", "/cache/models--HuggingFaceTB--SmolLM2-135M/snapshots/0123abc", false)]
    [InlineData("HuggingFaceTB/SmolLM2-135M-Instruct", "/models/smollm2-135m-instruct-q8_0.gguf", false)]
    [InlineData("HuggingFaceTB/SmolLM2-135M", "openai-community/gpt2", true)]
    [InlineData("HuggingFaceTB/SmolLM2-135M", "/cache/models--openai-community--gpt2/snapshots/0123abc", true)]
    [InlineData("HuggingFaceTB/SmolLM2-135M", "/models/small", false)]
    [InlineData("/elsewhere/base", "/models/small", false)]
    [InlineData("", "openai-community/gpt2", false)]
    public void An_adapter_without_a_fingerprint_is_told_of_where_two_ids_of_the_hub_differ(string named, string own, bool warned)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = SmallModel.Llama();
        using (var lora = LoraTests.New("rank: 2"))
        {
            lora.Attach(model, seed: 1);
            model.NameOrPath = named;
            AdapterFiles.Save(folder.Path, lora.Trainable, lora.Describe());
        }

        model.NameOrPath = own;
        model.NamedParameters().First(parameter => parameter.Name == "model.embed_tokens.weight").Parameter.Base.mul_(2);
        var notices = new Notices();
        TuningMethods.Open(folder.Path, model, notices).Dispose();
        Assert.Equal(warned ? ["other-base"] : [], notices.All.Select(notice => notice.Code));
        Assert.All(notices.All, notice => Assert.Contains("was made for", notice.Text));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void A_base_that_lies_here_is_compared_by_its_weights_whatever_it_is_called(double factor, bool told)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = SmallModel.Llama();
        ModelSaver.Save(model, folder["first"]);
        using (var lora = LoraTests.New("rank: 2"))
        {
            lora.Attach(model, seed: 1);
            model.NameOrPath = folder["first"];
            AdapterFiles.Save(folder["adapter"], lora.Trainable, lora.Describe());
        }

        using var opened = ModelLoader.Load(folder["first"], float32, float32).Model;
        opened.NamedParameters().First(parameter => parameter.Name == "model.embed_tokens.weight").Parameter.Base.mul_(factor);
        ModelSaver.Save(opened, folder["second"]);
        using var second = ModelLoader.Load(folder["second"], float32, float32).Model;
        var notices = new Notices();
        TuningMethods.Open(folder["adapter"], second, notices).Dispose();
        Assert.Equal(told ? ["other-base"] : [], notices.All.Select(notice => notice.Code));
    }

    [Fact]
    public void An_adapter_with_a_fingerprint_says_nothing_of_names()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = SmallModel.Llama();
        model.NameOrPath = "one/name";
        Save(model, folder.Path);
        using var moved = SmallModel.Llama();
        moved.NameOrPath = "/another/place";
        var notices = new Notices();
        TuningMethods.Open(folder.Path, moved, notices).Dispose();
        Assert.Empty(notices.All);
    }

    private static string Digest(string fingerprint) => fingerprint.Split(' ')[1];

    private static void Save(LanguageModel model, string folder)
    {
        using (model)
        using (var lora = LoraTests.New("rank: 2"))
        {
            lora.Attach(model, seed: 1);
            lora.Save(folder);
        }
    }
}
