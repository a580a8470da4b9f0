using Attune.Formats;
using Attune.Models;
using Attune.Native;
using Attune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>adapter</c>: adapters that PEFT saved, on their base model, with and without, and merged.</summary>
internal sealed class AdapterCheck : IFixtureCheck
{
    public string Kind => "adapter";

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

        if (!fixture.Json.TryGetProperty("adapter", out _) || fixture.Text("library") is not null)
        {
            return FixtureResult.Skip("this is not there yet");
        }

        string folder = fixture.ResolveKey("adapter")!;
        if (!IsThere(folder))
        {
            return FixtureResult.Skip($"adapters of type {AdapterFiles.OpenConfig(folder).FindString("peft_type")} with such settings are not there yet");
        }

        using var model = FixtureModel.Load(fixture);
        using var inputs = Safetensors.Open(fixture.Resolve("inputs.safetensors"));
        using var expected = Safetensors.Open(fixture.Resolve("expected.safetensors"));
        var comparison = new TensorComparison(fixture.Tolerance);
        using var scope = NewDisposeScope();
        var batch = FixtureRows.Read(inputs);
        CompareLogits("logits_base", model, batch, expected, comparison);
        using var method = TuningMethods.Open(folder, model);
        CompareLogits("logits", model, batch, expected, comparison);
        if (expected.Tensors.ContainsKey("loss"))
        {
            CompareGradients(model, method, batch, expected, comparison);
        }

        method.Detach();
        CompareLogits("logits_base", model, batch, expected, comparison);
        CompareMerged(fixture, model, folder, batch, expected, comparison);
        return comparison.Result;
    }

    private static void CompareLogits(string name, LanguageModel model, FixtureRows batch, Safetensors expected, TensorComparison comparison)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var rows = batch.Pack();
        var logits = batch.Unpack(model.Logits(model.Hidden(rows)));
        comparison.Compare(name, logits.shape, TensorMemory.ToFloats(logits), expected, batch.Counted(logits.shape[2]));
    }

    private static void CompareGradients(LanguageModel model, ITuningMethod method, FixtureRows batch, Safetensors expected, TensorComparison comparison)
    {
        foreach (var (_, tensor) in method.Trainable)
        {
            tensor.requires_grad_(true);
        }

        var (from, targets) = batch.Trained();
        using var rows = batch.Pack();
        var loss = nn.functional.cross_entropy(model.Logits(model.Hidden(rows).index_select(0, tensor(from))), tensor(targets));
        comparison.Compare("loss", [], TensorMemory.ToFloats(loss), expected);
        loss.backward();
        foreach (var (name, tensor) in method.Trainable)
        {
            comparison.Compare("grad." + name, tensor.shape, TensorMemory.ToFloats(tensor.grad ?? zeros_like(tensor)), expected);
            tensor.requires_grad_(false);
        }

        var gone = expected.Tensors.Keys.Where(name => name.StartsWith("grad.", StringComparison.Ordinal)).Except(method.Trainable.Select(one => "grad." + one.Name));
        foreach (string name in gone)
        {
            comparison.Problem($"{name} has no counterpart");
        }
    }

    private static void CompareMerged(Fixture fixture, LanguageModel model, string folder, FixtureRows batch, Safetensors expected, TensorComparison comparison)
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
}
