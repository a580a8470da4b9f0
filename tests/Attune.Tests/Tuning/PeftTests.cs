using System.Diagnostics;
using System.Text.Json;
using Attune.Formats;
using Attune.Models;
using Attune.Native;
using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>What Attune writes, opened by PEFT and transformers.</summary>
public sealed class PeftTests
{
    private const string Script = """
        import json, sys, torch
        from safetensors.torch import save_file
        import transformers
        results = {}
        for job in json.load(open(sys.argv[1])):
            where = {"gguf_file": job["gguf"]} if job.get("gguf") else {}
            kind = getattr(transformers, job.get("kind") or "AutoModelForCausalLM")
            model = kind.from_pretrained(job["model"], dtype=torch.float32, **where)
            if job.get("adapter"):
                from peft import PeftModel
                model = PeftModel.from_pretrained(model, job["adapter"])
            with torch.no_grad():
                results[job["name"]] = model.eval()(input_ids=torch.tensor([job["ids"]])).logits[0].contiguous()
        save_file(results, sys.argv[2])
        """;

    private static readonly int[] Ids = [5, 17, 3, 44, 60, 8, 21, 33];

    private static readonly (string Name, string Model, string Options)[] Adapters =
    [
        ("all-linear", "train-llama", "rank: 4"),
        ("embeddings", "train-llama", "rank: 3\ntargets: [embed_tokens, lm_head, q_proj]"),
        ("bias", "train-llama", "targets: [q_proj, o_proj]\nlora_bias: true"),
        ("patterns", "train-llama", "rank: 4\nalpha: 6\ntargets: [q_proj, v_proj, up_proj]\nrank_pattern: { 'layers\\.1\\.self_attn\\.q_proj': 7 }\nalpha_pattern: { up_proj: 11 }\nmodules_to_save: [lm_head]"),
        ("layers", "train-llama", "targets: '.*layers\\.[02]\\.(self_attn\\.(k|o)_proj|mlp\\.up_proj)'\nexclude: [up_proj]"),
        ("conv1d", "train-gpt2", "targets: [c_attn, mlp.c_proj]\nbias: all\nuse_rslora: true"),
        ("some-layers", "train-gpt2", "layers: [1]"),
        ("tied", "train-gpt2", "targets: [wte, c_fc]\nbias: lora_only"),
    ];

    [Fact]
    public void PEFT_and_transformers_give_the_same_logits()
    {
        string run = TestPaths.SharedOrSkip("python/run"), stories = TestPaths.SharedOrSkip("models/w_stories260K/stories260K.gguf");
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var rows = PackedRows.From([Ids], CPU);
        var expected = new Dictionary<string, float[]>();
        var jobs = new List<object>();
        void Add(string name, LanguageModel model, string path, string? adapter = null, string? gguf = null)
        {
            expected.Add(name, TensorMemory.ToFloats(SmallModel.Logits(model, rows)));
            jobs.Add(new { name, model = path, adapter, gguf, ids = Ids });
        }

        foreach (var (name, base_, options) in Adapters)
        {
            string path = TestPaths.SharedOrSkip("parity/_models/" + base_);
            using var model = ModelLoader.Load(path, float32, float32).Model;
            using var lora = LoraTests.New(options);
            lora.Attach(model, seed: 2);
            LoraTests.Disturb(lora);
            lora.Save(folder[name]);
            Add(name, model, path, folder[name]);
            if (name is "all-linear" or "conv1d")
            {
                lora.Merge();
                ModelSaver.Save(model, folder[name + "-merged"], maxShardBytes: 10_000);
                Add(name + "-merged", model, folder[name + "-merged"]);
            }
        }

        using (var model = ModelLoader.Load(stories, float32, float32).Model)
        using (var source = Formats.Gguf.Open(stories))
        {
            ModelSaver.SaveGguf(model, folder["stories.gguf"], "F32", source.Metadata);
            Add("gguf", model, folder.Path, gguf: "stories.gguf");
        }

        File.WriteAllText(folder["jobs.json"], JsonSerializer.Serialize(jobs));
        Run(run, folder["jobs.json"], folder["results.safetensors"]);
        using var results = Safetensors.Open(folder["results.safetensors"]);
        Assert.Equal(expected.Keys.Order(), results.Tensors.Keys.Order());
        foreach (var (name, logits) in expected)
        {
            float[] theirs = results.ReadFloats(name);
            double most = theirs.Max(value => Math.Abs((double)value)), off = logits.Zip(theirs, (a, b) => Math.Abs((double)a - b)).Max();
            Assert.True(off <= 1e-5 * Math.Max(1, most), $"{name} is off by {off}, of {most}");
        }
    }

    [Fact]
    public void PEFT_opens_a_classifier_whose_biases_were_all_trained()
    {
        string run = TestPaths.SharedOrSkip("python/run"), path = TestPaths.SharedOrSkip("parity/_models/train-bert");
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var rows = PackedRows.From([Ids], CPU);
        var jobs = new List<object>();
        var expected = new Dictionary<string, float[]>();
        foreach (string bias in new[] { "none", "all", "lora_only" })
        {
            using var open = ModelLoader.Load(path, float32, float32).Weights;
            var model = EncoderModel.Of(open);
            using var lora = LoraTests.New($"targets: [query, value]\nbias: {bias}");
            lora.Attach(model, seed: 2);
            LoraTests.Disturb(lora);
            lora.Save(folder[bias]);
            using var noGradient = no_grad();
            expected.Add(bias, TensorMemory.ToFloats(model.Logits(rows)));
            jobs.Add(new { name = bias, model = path, adapter = folder[bias], kind = "AutoModelForSequenceClassification", ids = Ids });
        }

        File.WriteAllText(folder["jobs.json"], JsonSerializer.Serialize(jobs));
        Run(run, folder["jobs.json"], folder["results.safetensors"]);
        using var results = Safetensors.Open(folder["results.safetensors"]);
        foreach (var (name, logits) in expected)
        {
            Assert.All(logits.Zip(results.ReadFloats(name)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Fact]
    public void A_bias_that_an_adapter_has_twice_must_be_the_same_both_times()
    {
        using var folder = new TemporaryFolder();
        using var model = SmallModel.Bert();
        using (var lora = LoraTests.New("targets: [query]\nbias: all"))
        {
            lora.Attach(model, seed: 2);
            lora.Save(folder["a"]);
        }

        string file = Path.Combine(folder["a"], "adapter_model.safetensors");
        using (var source = Safetensors.Open(file))
        {
            using var scope = NewDisposeScope();
            SafetensorsWriter.Write(folder["changed"], source.Tensors.Keys.ToList().Select(name =>
            {
                var tensor = TensorMemory.Read(source, name, float32, CPU);
                return TensorMemory.ToWrite(name, name.EndsWith("modules_to_save.bias", StringComparison.Ordinal) ? tensor + 1 : tensor, float32);
            }), null);
        }

        File.Move(folder["changed"], file, overwrite: true);
        var error = Assert.ThrowsAny<AttuneException>(() => TuningMethods.Open(folder["a"], model));
        Assert.Contains("modules_to_save.bias\" differs from", error.Message, StringComparison.Ordinal);
    }

    private static void Run(string run, params string[] files)
    {
        using var process = Process.Start(new ProcessStartInfo(run, ["-c", Script, .. files]) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.SkipWhen(process.ExitCode == 69, "Python 3.11 is absent");
        Assert.True(process.ExitCode == 0, errors);
    }
}
