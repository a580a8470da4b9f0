using Attune.Formats;
using Attune.Native;
using Attune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>Checkpoints that do not hold just what config.json promises.</summary>
public sealed class CheckpointNoticesTests : IDisposable
{
    private const string Embedding = "model.embed_tokens.weight", Head = "lm_head.weight";
    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_head_of_its_own_is_used_though_the_config_ties_it_and_the_next_config_says_so()
    {
        var head = rand([40, 16], dtype: float32, device: CPU);
        Write(tied: true, tensors => tensors[Head] = head);
        using var model = Load("model", out var notices).Model;
        Assert.Equal(["own-head"], notices.All.Select(notice => notice.Code));
        Assert.Equal(TensorMemory.ToFloats(head), TensorMemory.ToFloats(model.OutputProjection.Weight.Base));
        ModelSaver.Save(model, folder["saved"]);
        Assert.False(HuggingFaceConfig.Open(folder["saved"]).FindBool("tie_word_embeddings"));
        using var again = Load("saved", out notices).Model;
        Assert.Empty(notices.All);
        Assert.Equal(TensorMemory.ToFloats(head), TensorMemory.ToFloats(again.OutputProjection.Weight.Base));
        ModelSaver.SaveGguf(model, folder["x.gguf"], "F32", new Dictionary<string, object>());
        using var gguf = ModelLoader.Load(folder["x.gguf"], float32, float32).Model;
        Assert.Equal(TensorMemory.ToFloats(head), TensorMemory.ToFloats(gguf.OutputProjection.Weight.Base));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_head_that_equals_the_embedding_stays_tied(ScalarType type)
    {
        Write(tied: true, tensors =>
        {
            tensors[Embedding] = tensors[Embedding].to(bfloat16).to(float32);
            tensors[Head] = tensors[Embedding].to(type);
        });
        using var model = Load("model", out var notices).Model;
        Assert.Empty(notices.All);
        Assert.True(model.OutputProjection.Weight.IsTied);
    }

    [Fact]
    public void Of_two_tied_tensors_a_checkpoint_may_hold_the_head_alone()
    {
        float[] embedding = [];
        Write(tied: true, tensors =>
        {
            embedding = TensorMemory.ToFloats(tensors[Embedding]);
            tensors[Head] = tensors[Embedding];
            tensors.Remove(Embedding);
        });
        using var model = Load("model", out var notices).Model;
        Assert.Empty(notices.All);
        Assert.Equal(embedding, TensorMemory.ToFloats(model.InputEmbedding.Weight.Base));
    }

    [Fact]
    public void A_head_that_is_missing_where_the_config_does_not_tie_it_is_an_error_that_names_the_setting()
    {
        Write(tied: false, tensors => tensors.Remove(Head));
        string message = Assert.ThrowsAny<AttuneException>(() => Load("model", out _)).Message;
        Assert.Contains("1 tensor is missing: lm_head.weight", message);
        Assert.Contains("\"tie_word_embeddings\": true", message);
    }

    [Fact]
    public void Tensors_without_a_place_are_told_by_what_their_loss_means()
    {
        Write(tied: false, tensors =>
        {
            foreach (string name in new[] { "model.layers.0.self_attn.q_proj.bias", "model.layers.2.self_attn.q_proj.weight", "model.layers.2.mlp.up_proj.weight", "score.weight",
                "model.layers.0.self_attn.rotary_emb.inv_freq", "model.embeddings.position_ids" })
            {
                tensors[name] = zeros([4], dtype: float32, device: CPU);
            }
        });
        using var model = Load("model", out var notices).Model;
        Assert.Equal([("unused-layers", 2), ("unused-parts-of-layers", 1), ("unused-tensors", 1)], notices.All.Select(notice => (notice.Code, notice.Count)));
        Assert.Equal("model.layers.0.self_attn.q_proj.bias", notices.All[1].First);
        Assert.Equal("score.weight", notices.All[2].First);
    }

    [Fact]
    public void Weights_of_whole_numbers_are_refused_as_quantised()
    {
        Write(tied: false, tensors => tensors["model.layers.0.mlp.up_proj.weight"] = zeros([24, 16], dtype: int8, device: CPU));
        Assert.Contains("is of type I8: the checkpoint is quantised", Assert.ThrowsAny<AttuneException>(() => Load("model", out _)).Message);
    }

    private LoadedModel Load(string name, out Notices notices)
    {
        var loaded = ModelLoader.Load(folder[name], float32, float32);
        notices = new Notices();
        CheckpointNotices.Add(notices, loaded);
        return loaded;
    }

    private void Write(bool tied, Action<Dictionary<string, Tensor>> change)
    {
        using var model = SmallModel.Llama(tied: tied);
        ModelSaver.Save(model, folder["model"]);
        var tensors = model.NamedParameters().Where(named => !named.Parameter.IsTied).ToDictionary(named => named.Name, named => named.Parameter.Base);
        change(tensors);
        SafetensorsWriter.Write(folder["model/model.safetensors"], tensors.Select(named => TensorMemory.ToWrite(named.Key, named.Value, named.Value.dtype)));
    }
}
