using Attune.Formats;
using Attune.Models;
using Attune.Native;
using Attune.Nn;
using Attune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>adapter</c>: adapters that PEFT saved, on their base model, with and without, and merged.</summary>
internal sealed class AdapterCheck : IFixtureCheck
{
    public string Kind => "adapter";

    /// <summary>The reader of adapter_config.json: all the way onto a small Llama.</summary>
    public static KeyValuePair<string, Action<string>> Config { get; } = new("adapter_config.json", path =>
    {
        using var scope = NewDisposeScope();
        using var model = ModelFamilies.Create(HuggingFaceConfig.Parse(Small, path));
        foreach (var (_, parameter) in model.NamedParameters())
        {
            parameter.Set(zeros([.. parameter.Shape], dtype: float32, device: CPU));
        }

        using var method = TuningMethods.FromConfig(HuggingFaceConfig.OpenAny(path), null);
        method.Attach(model, seed: 0);
    });

    private static ReadOnlySpan<byte> Small => """
        {"model_type": "llama", "vocab_size": 16, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 16}
        """u8;

    /// <summary>Whether the type of a saved adapter, with its settings, is there.</summary>
    public static bool IsThere(string folder)
    {
        try
        {
            TuningMethods.FromConfig(AdapterFiles.OpenConfig(folder), null).Dispose();
            return true;
        }
        catch (AttuneException)
        {
            return false;
        }
    }

    public FixtureResult Check(Fixture fixture)
    {
        if (FixtureModel.Skip(fixture) is { } reason)
        {
            return FixtureResult.Skip(reason);
        }

        if (fixture.Text("library") is { } library)
        {
            return FixtureResult.Skip($"adapters of the library {library} are not there yet");
        }

        if (fixture.Json.TryGetProperty("combinations", out _))
        {
            return FixtureResult.Skip("weighted combinations of adapters are not there yet");
        }

        var folders = Folders(fixture);
        if (folders.Values.FirstOrDefault(folder => !IsThere(folder)) is { } absent)
        {
            return FixtureResult.Skip($"adapters of type {AdapterFiles.OpenConfig(absent).FindString("peft_type")} with such settings are not there yet");
        }

        using var model = FixtureModel.Load(fixture);
        using var inputs = Safetensors.Open(fixture.Resolve("inputs.safetensors"));
        using var expected = Safetensors.Open(fixture.Resolve("expected.safetensors"));
        var comparison = new TensorComparison(fixture.Tolerance);
        using var scope = NewDisposeScope();
        var batch = FixtureRows.Read(inputs);
        if (fixture.ResolveKey("adapter") is { } folder)
        {
            CompareOne(fixture, model, folder, new Batch(batch, inputs), expected, comparison);
        }
        else
        {
            CompareSeveral(fixture, model, folders, new Batch(batch, inputs), expected, comparison);
        }

        return comparison.Result;
    }

    private static Dictionary<string, string> Folders(Fixture fixture) => fixture.Json.TryGetProperty("adapters", out var several)
        ? several.EnumerateObject().ToDictionary(one => one.Name, one => fixture.Resolve(one.Value.GetString()!))
        : new() { [""] = fixture.ResolveKey("adapter")! };

    private static string[] Texts(Fixture fixture, string key) =>
        fixture.Json.TryGetProperty(key, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : [];

    private static void CompareOne(Fixture fixture, TextModel model, string folder, Batch batch, Safetensors expected, TensorComparison comparison)
    {
        CompareLogits("logits_base", model, batch, expected, comparison);
        using (var method = TuningMethods.Open(folder, model))
        {
            CompareLogits("logits", model, batch, expected, comparison);
            if (expected.Tensors.ContainsKey("loss"))
            {
                CompareGradients(model, method, batch, expected, comparison);
            }
        }

        CompareLogits("logits_base", model, batch, expected, comparison);
        CompareMerged(fixture, model, folder, batch, expected, comparison);
    }

    private static void CompareSeveral(
        Fixture fixture, TextModel model, Dictionary<string, string> folders, Batch batch, Safetensors expected, TensorComparison comparison)
    {
        using var set = new AdapterSet(model);
        foreach (var (name, folder) in folders)
        {
            set.Add(name, folder);
        }

        string[] byRow = Texts(fixture, "adapter_names"), active = Texts(fixture, "active");
        if (byRow.Length > 0)
        {
            using var rows = batch.Rows.Pack();
            set.Use(rows, byRow);
        }
        else
        {
            set.Use(active);
        }

        CompareLogits("logits", model, batch, expected, comparison);
        set.Use();
        if (expected.Tensors.ContainsKey("logits_base"))
        {
            CompareLogits("logits_base", model, batch, expected, comparison);
        }

        if (expected.Tensors.ContainsKey("logits_merged"))
        {
            set.Merge(active);
            CompareLogits("logits_merged", model, batch, expected, comparison);
        }
    }

    private static void CompareLogits(string name, TextModel model, Batch batch, Safetensors expected, TensorComparison comparison)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (model is EncoderModel encoder)
        {
            var ofRows = new ClassifierBatch(batch.Rows, batch.Inputs).Logits(encoder);
            comparison.Compare(name, ofRows.shape, TensorMemory.ToFloats(ofRows), expected);
            return;
        }

        var language = LanguageModel.Of(model);
        using var rows = batch.Rows.Pack();
        var logits = batch.Rows.Unpack(language.Logits(language.Hidden(rows)));
        comparison.Compare(name, logits.shape, TensorMemory.ToFloats(logits), expected, batch.Rows.Counted(logits.shape[2]));
    }

    private static Tensor Loss(TextModel model, Batch batch)
    {
        if (model is EncoderModel encoder)
        {
            var ofRows = new ClassifierBatch(batch.Rows, batch.Inputs);
            return ofRows.Loss(encoder) / ofRows.Count;
        }

        var language = LanguageModel.Of(model);
        var (from, targets) = batch.Rows.Trained();
        using var rows = batch.Rows.Pack();
        return nn.functional.cross_entropy(language.Logits(language.Hidden(rows).index_select(0, tensor(from))), tensor(targets));
    }

    private static void CompareGradients(TextModel model, ITuningMethod method, Batch batch, Safetensors expected, TensorComparison comparison)
    {
        foreach (var (_, tensor) in method.Trainable)
        {
            tensor.requires_grad_(true);
        }

        var loss = Loss(model, batch);
        comparison.Compare("loss", [], TensorMemory.ToFloats(loss), expected);
        BackwardPass.Run(loss);
        foreach (var (name, tensor) in method.Trainable)
        {
            comparison.Compare("grad." + name, tensor.shape, TensorMemory.ToFloats(tensor.grad ?? zeros_like(tensor)), expected);
            tensor.requires_grad_(false);
        }

        // PEFT names a parameter of a module that is trained whole twice where all biases are trained.
        var gone = expected.Tensors.Keys.Where(name => name.StartsWith("grad.", StringComparison.Ordinal))
            .Select(name => name.Replace(".modules_to_save.", ".", StringComparison.Ordinal))
            .Except(method.Trainable.Select(one => "grad." + one.Name));
        foreach (string name in gone)
        {
            comparison.Problem($"{name} has no counterpart");
        }
    }

    private static void CompareMerged(Fixture fixture, TextModel model, string folder, Batch batch, Safetensors expected, TensorComparison comparison)
    {
        using var method = TuningMethods.Open(folder, model);
        if (!fixture.Is("mergeable"))
        {
            try
            {
                method.Merge();
                comparison.Problem("it was merged, which cannot be right");
            }
            catch (AttuneException)
            {
                CompareLogits("logits", model, batch, expected, comparison);
            }

            return;
        }

        method.Merge();
        CompareLogits("logits_merged", model, batch, expected, comparison);
        var parameters = model.NamedParameters().ToDictionary(named => "merged." + named.Name, named => named.Parameter.Base);
        foreach (string name in expected.Tensors.Keys.Where(name => name.StartsWith("merged.", StringComparison.Ordinal)))
        {
            if (parameters.TryGetValue(name, out var tensor))
            {
                comparison.Compare(name, tensor.shape, TensorMemory.ToFloats(tensor), expected);
            }
            else
            {
                comparison.Problem($"{name} has no counterpart");
            }
        }
    }

    private sealed record Batch(FixtureRows Rows, Safetensors Inputs);
}
