using Attune.Formats;
using Attune.Models;
using Attune.Native;
using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>forward</c>: logits, hidden states, loss and gradients.</summary>
internal sealed class ForwardCheck : IFixtureCheck
{
    public string Kind => "forward";

    public FixtureResult Check(Fixture fixture)
    {
        if (FixtureModel.Skip(fixture) is { } reason)
        {
            return FixtureResult.Skip(reason);
        }

        using var model = FixtureModel.Load(fixture);
        using var inputs = Safetensors.Open(fixture.Resolve("inputs.safetensors"));
        using var expected = Safetensors.Open(fixture.Resolve("expected.safetensors"));
        var comparison = new TensorComparison(fixture.Tolerance);
        using var scope = NewDisposeScope();
        var batch = FixtureRows.Read(inputs);
        bool gradients = expected.Tensors.Keys.Any(name => name.StartsWith("grad", StringComparison.Ordinal));
        if (gradients)
        {
            FixtureModel.TrainAll(model);
        }

        using var mode = set_grad_enabled(gradients);
        if (model is EncoderModel encoder)
        {
            CheckEncoder(fixture, encoder, batch, inputs, expected, comparison);
            return comparison.Result;
        }

        CheckLanguageModel(fixture, LanguageModel.Of(model), batch, gradients, expected, comparison);
        return comparison.Result;
    }

    private static void CheckLanguageModel(Fixture fixture, LanguageModel model, FixtureRows batch, bool gradients, Safetensors expected, TensorComparison comparison)
    {
        using var rows = batch.Pack();
        var states = new List<Tensor>();
        var hidden = model.Hidden(rows, null, states);
        CompareOutputs(fixture, model, batch, hidden, states, expected, comparison);
        if (expected.Tensors.ContainsKey("loss"))
        {
            var (from, targets) = batch.Trained();
            var loss = nn.functional.cross_entropy(model.Logits(hidden.index_select(0, tensor(from))), tensor(targets));
            comparison.Compare("loss", [], TensorMemory.ToFloats(loss), expected);
            if (gradients)
            {
                BackwardPass.Run(loss);
                CompareGradients(fixture, model, expected, comparison);
            }
        }
    }

    private static void CheckEncoder(Fixture fixture, EncoderModel model, FixtureRows batch, Safetensors inputs, Safetensors expected, TensorComparison comparison)
    {
        if (model.Classifier is not null)
        {
            var rows = new ClassifierBatch(batch, inputs);
            var logits = rows.Logits(model);
            comparison.Compare("logits", logits.shape, TensorMemory.ToFloats(logits), expected);
            var loss = rows.Loss(model) / rows.Count;
            comparison.Compare("loss", [], TensorMemory.ToFloats(loss), expected);
            BackwardPass.Run(loss);
        }
        else
        {
            using var rows = batch.Pack();
            using var fedBack = Safetensors.Open(fixture.Resolve("backward.safetensors"));
            var hidden = model.Hidden(rows);
            var outputs = new Dictionary<string, Tensor> { ["last_hidden_state"] = batch.Unpack(hidden), ["pooler_output"] = model.Pooled(hidden, rows) };
            comparison.Compare("last_hidden_state", outputs["last_hidden_state"].shape, TensorMemory.ToFloats(outputs["last_hidden_state"]), expected, batch.Counted(hidden.shape[1]));
            comparison.Compare("pooler_output", outputs["pooler_output"].shape, TensorMemory.ToFloats(outputs["pooler_output"]), expected);
            BackwardPass.Run(fedBack.Tensors.Keys.Select(name => (outputs[name] * TensorMemory.Read(fedBack, name, float32, CPU)).sum()).Aggregate((sum, one) => sum + one));
        }

        CompareGradients(fixture, model, expected, comparison);
    }

    private static void CompareOutputs(Fixture fixture, LanguageModel model, FixtureRows batch, Tensor hidden, List<Tensor> states, Safetensors expected, TensorComparison comparison)
    {
        if (expected.Tensors.ContainsKey("logits"))
        {
            var logits = batch.Unpack(model.Logits(hidden));
            comparison.Compare("logits", logits.shape, TensorMemory.ToFloats(logits), expected, batch.Counted(logits.shape[2]));
        }

        if (expected.Tensors.ContainsKey("logits_at"))
        {
            long[] positions = [.. fixture.Json.GetProperty("positions").EnumerateArray().Select(place => place.GetInt64())];
            var logits = model.Logits(hidden.index_select(0, tensor(positions)));
            comparison.Compare("logits_at", logits.shape, TensorMemory.ToFloats(logits), expected);
        }

        if (expected.Tensors.ContainsKey("hidden_norms"))
        {
            var norms = stack(states.Select(state => state.pow(2).sum(-1).sqrt()));
            comparison.Compare("hidden_norms", norms.shape, TensorMemory.ToFloats(norms), expected);
        }

        if (expected.Tensors.ContainsKey("token_log_probabilities"))
        {
            var probabilities = model.Logits(hidden).log_softmax(-1);
            var next = tensor(batch.Ids.Skip(1).Select(id => (long)id).ToArray()).unsqueeze(-1);
            var taken = probabilities.narrow(0, 0, batch.Ids.Length - 1).gather(1, next).squeeze(-1);
            comparison.Compare("token_log_probabilities", taken.shape, TensorMemory.ToFloats(taken), expected);
        }
    }

    private static void CompareGradients(Fixture fixture, TextModel model, Safetensors expected, TensorComparison comparison)
    {
        var unstable = fixture.Json.TryGetProperty("unstable", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet() : [];
        var parameters = model.NamedParameters().ToDictionary(named => named.Name, named => named.Parameter);
        foreach (string name in expected.Tensors.Keys.Where(name => name.StartsWith("grad.", StringComparison.Ordinal) && !unstable.Contains(name)))
        {
            if (!parameters.TryGetValue(name["grad.".Length..], out var parameter) || parameter.Value.grad is not { } gradient)
            {
                comparison.Problem($"{name} has no counterpart");
                continue;
            }

            comparison.Compare(name, gradient.shape, TensorMemory.ToFloats(gradient), expected);
        }
    }
}
