using Attune.Formats;
using Attune.Models;
using Attune.Native;
using Attune.Nn;
using Attune.Recipes;
using Attune.Verification;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

public sealed class LoraTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void The_fused_product_and_its_gradients_are_the_plain_ones(bool transposed, bool withBias)
    {
        using var scope = NewDisposeScope();
        using var projection = new Projection(24, 40, withBias, transposed);
        projection.Weight.Set(Noise.Normal(0, "w", [.. projection.Weight.Shape], 1, CPU));
        projection.Bias?.Set(Noise.Normal(0, "bias", [40], 1, CPU));
        using var delta = new LoraDelta(Noise.Normal(0, "a", [3, 24], 1, CPU), Noise.Normal(0, "b", [40, 3], 1, CPU), Noise.Normal(0, "lora bias", [40], 1, CPU), 0.7, 0, transposed);
        using var bias = projection.Bias?.Base.clone().requires_grad_();
        projection.Bias?.Replace(bias);
        var upstream = Noise.Normal(0, "g", [7, 40], 1, CPU);
        Tensor[] Run(Func<Tensor, Tensor> forward, Tensor input)
        {
            var output = forward(input);
            (output * upstream).sum().backward();
            var leaves = delta.Tensors.Select(own => own.Tensor).Append(input).Concat(bias is null ? Array.Empty<Tensor>() : [bias]).ToList();
            var results = leaves.Select(leaf => leaf.grad!.clone()).Prepend(output.detach()).ToArray();
            leaves.ForEach(leaf => leaf.grad = null);
            return results;
        }

        Tensor[] plain = Run(x => delta.Add(x, projection.ForwardBase(x)), Noise.Normal(0, "x", [7, 24], 1, CPU).requires_grad_());
        Tensor[] fused = Run(x => delta.Forward(projection, x), Noise.Normal(0, "x", [7, 24], 1, CPU).requires_grad_());
        Assert.Equal(plain.Length, fused.Length);
        for (int i = 0; i < plain.Length; i++)
        {
            double off = SmallModel.Off(plain[i], fused[i]), most = plain[i].abs().max().ToDouble();
            Assert.True(off <= 1e-5 * most, $"result {i} is off by {off}, of {most}");
        }
    }

    [Fact]
    public void An_input_that_wants_no_gradient_gets_none_and_bfloat16_stays_close()
    {
        using var scope = NewDisposeScope();
        using var projection = new Projection(64, 32, bias: false);
        projection.Weight.Set(Noise.Normal(0, "w", [32, 64], 0.1, CPU));
        using var delta = new LoraDelta(Noise.Normal(0, "a", [4, 64], 0.1, CPU), Noise.Normal(0, "b", [32, 4], 0.1, CPU), null, 2, 0, false);
        var input = Noise.Normal(0, "x", [50, 64], 1, CPU);
        var wide = delta.Forward(projection, input);
        wide.sum().backward();
        var expected = delta.Tensors[0].Tensor.grad!.clone();
        delta.Tensors[0].Tensor.grad = null;
        var narrow = delta.Forward(projection, input.to(bfloat16));
        Assert.Equal(ScalarType.BFloat16, narrow.dtype);
        Assert.True(SmallModel.Off(wide, narrow.to(float32)) < 0.02 * wide.abs().max().ToDouble());
        narrow.sum().backward();
        var gradient = delta.Tensors[0].Tensor.grad!;
        Assert.Equal(ScalarType.Float32, gradient.dtype);
        Assert.True(SmallModel.Off(expected, gradient) < 0.02 * expected.abs().max().ToDouble());
    }

    [Fact]
    public void Dropout_spares_the_base_keeps_the_mean_and_its_gradient_sees_the_same_mask()
    {
        using var scope = NewDisposeScope();
        using var projection = new Projection(1000, 1, bias: false);
        projection.Weight.Set(zeros([1, 1000], dtype: float32, device: CPU));
        using var delta = new LoraDelta(ones([1, 1000], dtype: float32, device: CPU), ones([1, 1], dtype: float32, device: CPU), null, 1, 0.25, false) { Training = true };
        var input = ones([8, 1000], dtype: float32, device: CPU).requires_grad_();
        random.manual_seed(5);
        var output = delta.Forward(projection, input);
        output.sum().backward();
        var kept = input.grad!.ne(0);
        Assert.True(SmallModel.Off(output.detach().squeeze(1), kept.sum([1L]).to(float32) / 0.75f) < 1e-2);
        Assert.InRange(kept.to(float32).mean().ToDouble(), 0.72, 0.78);
        Assert.True(SmallModel.Off(delta.Tensors[0].Tensor.grad!.squeeze(0), kept.sum([0L]).to(float32) / 0.75f) < 1e-3);
        random.manual_seed(5);
        Assert.Equal(0, SmallModel.Off(output, delta.Forward(projection, input)));
        delta.Training = false;
        Assert.True(SmallModel.Off(full_like(output, 1000, dtype: float32, device: CPU), delta.Forward(projection, input)) < 1e-2);
    }

    [Fact]
    public void What_is_new_begins_by_seed_and_name()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModel.Llama();
        using var lora = New("rank: 4");
        lora.Attach(model, seed: 3);
        var first = lora.Trainable.ToDictionary(one => one.Name, one => TensorMemory.ToFloats(one.Tensor));
        using var other = SmallModel.Llama();
        using var fewer = New("rank: 4\ntargets: [v_proj]");
        fewer.Attach(other, seed: 3);
        Assert.Equal(14 * 2, first.Count);
        Assert.Equal(4, fewer.Trainable.Count);
        foreach (var (name, tensor) in fewer.Trainable)
        {
            Assert.Equal(first[name], TensorMemory.ToFloats(tensor));
        }

        float[] a = first["base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"];
        Assert.All(a, value => Assert.InRange(value, -0.25f, 0.25f));
        Assert.True(a.Max() > 0.2f && a.Distinct().Count() == a.Length);
        Assert.All(first["base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight"], value => Assert.Equal(0f, value));
        Assert.NotEqual(a, first["base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight"]);
        Assert.All(model.NamedParameters(), named => Assert.False(named.Parameter.Base.requires_grad));
        Assert.All(lora.Trainable, one => Assert.True(one.Tensor.requires_grad));
    }

    [Theory]
    [InlineData("rank: 3\ndropout: 0.1")]
    [InlineData("rank: 3\ntargets: [q_proj, embed_tokens, lm_head]\nuse_rslora: true")]
    [InlineData("rank: 3\ntargets: [q_proj, lm_head]\nlora_bias: true")]
    [InlineData("rank: 3\ntargets: '.*(q|v)_proj'\nmodules_to_save: [lm_head, norm]")]
    [InlineData("rank: 3\nlayers: [1]\nexclude: [k_proj]\nrank_pattern: { v_proj: 2 }\nalpha_pattern: { 'self_attn\\.o_proj': 5 }\nuse_rslora: true\ninit: gaussian")]
    public void What_is_saved_opens_again(string options)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = SmallModel.Llama();
        using var rows = SmallModel.Rows(5, 3);
        Tensor expected;
        using (var lora = New(options))
        {
            lora.Attach(model, seed: 1);
            Disturb(lora);
            lora.Save(folder.Path);
            expected = SmallModel.Logits(model, rows).detach();
        }

        Tensor untouched = SmallModel.Logits(model, rows);
        Assert.True(SmallModel.Off(expected, untouched) > 0.01);
        var notices = new Notices();
        using var opened = TuningMethods.Open(folder.Path, model, notices);
        Assert.Empty(notices.All);
        Assert.Equal(0, SmallModel.Off(expected, SmallModel.Logits(model, rows)));
        opened.Detach();
        Assert.Equal(0, SmallModel.Off(untouched, SmallModel.Logits(model, rows)));
    }

    [Fact]
    public void A_merge_rounds_once_and_leaves_nothing_attached()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModel.Llama();
        using var rows = SmallModel.Rows(6);
        foreach (var (_, parameter) in model.NamedParameters())
        {
            parameter.Set(parameter.Base.to(bfloat16));
        }

        using var lora = New("rank: 2");
        lora.Attach(model, seed: 1);
        Disturb(lora);
        var layer = (Projection)model.NamedLayers().First(named => named.Name.EndsWith("q_proj", StringComparison.Ordinal)).Layer;
        var (a, b) = (lora.Trainable[0].Tensor, lora.Trainable[1].Tensor);
        var exact = (layer.Weight.Base.to(float32) + (b.mm(a) * 4)).detach();
        lora.Merge();
        Assert.Null(layer.Delta);
        Assert.Equal(ScalarType.BFloat16, layer.Weight.Base.dtype);
        Assert.Equal(0, SmallModel.Off(exact.to(bfloat16).to(float32), layer.Weight.Base.to(float32)));
    }

    [Fact]
    public void A_merge_that_would_change_a_shared_matrix_elsewhere_is_refused_before_anything_changes()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModel.Llama(tied: true);
        using var rows = SmallModel.Rows(6);
        using var lora = New("targets: [q_proj, embed_tokens]");
        lora.Attach(model, seed: 1);
        Disturb(lora);
        var before = SmallModel.Logits(model, rows);
        Assert.Contains("one tensor", Assert.Throws<AttuneException>(lora.Merge).Message);
        Assert.Equal(0, SmallModel.Off(before, SmallModel.Logits(model, rows)));
    }

    [Theory]
    [InlineData("model.layers.0.mlp.up_proj.weight", 24, 16, "a weight of the model itself")]
    [InlineData("model.layers.0.self_attn.nothing.lora_A.weight", 2, 16, "no part of this model")]
    [InlineData("model.layers.0.self_attn.q_proj.lora_A.weight", 3, 16, "has shape [3, 16], this model wants [2, 16]")]
    [InlineData("model.layers.0.self_attn.q_proj.lora_A.weight", 0, 16, "has shape [0, 16]")]
    [InlineData("model.embed_tokens.base_layer.weight", 40, 16, "a weight of the model itself")]
    [InlineData("model.layers.0.self_attn.q_proj.lora_B.weight", -1, 0, "lacks")]
    [InlineData("model.layers.0.self_attn.q_proj.lora_B.weight", 16, 2, "not finite")]
    public void A_file_that_is_not_this_adapters_is_refused(string name, int rows, int columns, string problem)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = SmallModel.Llama();
        using var lora = New("rank: 2\ntargets: [q_proj]");
        lora.Attach(model, seed: 1);
        name = "base_model.model." + name;
        var tensors = lora.Trainable.Where(one => one.Name != name).ToList();
        if (rows >= 0)
        {
            tensors.Add((name, full([rows, columns], problem == "not finite" ? double.NaN : 0, dtype: float32, device: CPU)));
        }

        AdapterFiles.Save(folder.Path, tensors, lora.Describe());
        var before = lora.Trainable.Select(one => TensorMemory.ToFloats(one.Tensor)).ToList();
        var error = Assert.ThrowsAny<AttuneException>(() => lora.Load(folder.Path));
        Assert.Contains(problem, error.Message);
        Assert.Contains("adapter_model.safetensors", error.Message);
        Assert.Equal(before, lora.Trainable.Select(one => TensorMemory.ToFloats(one.Tensor)));
    }

    [Fact]
    public void An_adapter_of_another_model_or_other_settings_is_refused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using (var model = SmallModel.Llama())
        using (var lora = New("rank: 2\ntargets: [q_proj, embed_tokens]"))
        {
            lora.Attach(model, seed: 1);
            lora.Save(folder.Path);
            model.NamedParameters().First(named => named.Name == "model.embed_tokens.weight").Parameter.Base.mul_(2);
            lora.Detach();
            Assert.Contains("differs from the model's own", Assert.ThrowsAny<AttuneException>(() => TuningMethods.Open(folder.Path, model)).Message);
        }

        using var wider = SmallModel.Llama(hidden: 32);
        Assert.Contains("another model", Assert.ThrowsAny<AttuneException>(() => TuningMethods.Open(folder.Path, wider)).Message);
        using var gpt2 = SmallModel.Gpt2();
        Assert.Contains("matches no module", Assert.ThrowsAny<AttuneException>(() => TuningMethods.Open(folder.Path, gpt2)).Message);
        Assert.All(gpt2.NamedLayers(), named => Assert.Null((named.Layer as IAdaptable)?.Delta));
        using var same = SmallModel.Llama();
        using var other = New("rank: 2\nalpha: 9\ntargets: [q_proj, embed_tokens]");
        other.Attach(same, seed: 1);
        Assert.Contains("scale 4", Assert.ThrowsAny<AttuneException>(() => other.Load(folder.Path)).Message);
    }

    [Theory]
    [InlineData("layers: [1]", 7)]
    [InlineData("layers: [1]\nlayers_pattern: layers", 7)]
    [InlineData("layers: [0, 1]\nlayers_pattern: [h, 'lay.*']\ntargets: [v_proj]", 2)]
    [InlineData("targets: 'model\\.layers\\.(?P<number>0)\\.(?!self_attn).*_proj'", 3)]
    [InlineData("targets: [layers.0.mlp.up_proj, self_attn.v_proj]", 3)]
    [InlineData("exclude: '.*mlp.*'", 8)]
    [InlineData("modules_to_save: [mlp]", 8)]
    public void Targets_are_PEFTs(string options, int adapted)
    {
        using var model = SmallModel.Llama();
        using var lora = New(options);
        lora.Attach(model, seed: 1);
        Assert.Equal(adapted, model.NamedLayers().Count(named => named.Layer is IAdaptable { Delta: not null }));
    }

    [Fact]
    public void The_settings_file_is_what_PEFT_needs_and_names_all_projections()
    {
        using var model = SmallModel.Gpt2();
        using var lora = New("rank: 2");
        lora.Attach(model, seed: 1);
        var json = lora.Describe();
        Assert.Equal(["c_attn", "c_fc", "c_proj"], json["target_modules"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.Equal("LORA", json["peft_type"]!.GetValue<string>());
        Assert.Equal("CAUSAL_LM", json["task_type"]!.GetValue<string>());
        Assert.True(json["fan_in_fan_out"]!.GetValue<bool>());
        Assert.Equal(json.Select(pair => pair.Key).Order(StringComparer.Ordinal), json.Select(pair => pair.Key));
    }

    [Theory]
    [InlineData("rank: 0", "method.lora.rank must be")]
    [InlineData("targets: [no_such_module]", "matches no module of the model")]
    [InlineData("targets: []", "targets is empty")]
    [InlineData("targets: '(('", "no regular expression")]
    [InlineData("targets: 'model'", "neither a projection nor an embedding")]
    [InlineData("layers: [7]", "matches no module")]
    [InlineData("layers: [1]\nlayers_pattern: h", "matches no module")]
    [InlineData("modules_to_save: [classifier]", "modules_to_save names classifier")]
    [InlineData("targets: [embed_tokens]\nlora_bias: true", "no meaning on the embedding")]
    [InlineData("rang: 8", "did you mean rank?")]
    [InlineData("rank_pattern: { q_proj: 1.5 }", "whole numbers")]
    public void Options_that_cannot_be_are_refused(string options, string problem)
    {
        using var model = SmallModel.Llama();
        Assert.Contains(problem, Assert.ThrowsAny<AttuneException>(() =>
        {
            using var lora = New(options);
            lora.Attach(model, seed: 0);
        }).Message);
    }

    [Fact]
    public void Broken_settings_files_are_refused()
    {
        foreach (var row in Fixtures.Names("broken", name => name.EndsWith("/adapter-config", StringComparison.Ordinal)))
        {
            Assert.SkipWhen(row.Skip is not null, row.Skip ?? "");
            Fixtures.Check(new BrokenCheck(new Dictionary<string, Action<string>>([AdapterCheck.Config])), row.Data);
        }
    }

    internal static ITuningMethod New(string options) =>
        TuningMethods.Create(new MethodChoice("lora", (RecipeMap)YamlReader.Read(options, "recipe.yaml")));

    internal static void Disturb(ITuningMethod method)
    {
        using var noGradient = no_grad();
        foreach (var (name, tensor) in method.Trainable)
        {
            tensor.add_(Noise.Normal(9, name, tensor.shape, 0.3, CPU));
        }
    }
}
