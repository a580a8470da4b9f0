using System.Text.Json;
using Attune.Formats;
using Attune.Native;
using Attune.Nn;
using Attune.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>objective</c>: a loss by itself, with its gradients.</summary>
internal sealed class ObjectiveCheck : IFixtureCheck
{
    private const long Ignored = -100;

    public string Kind => "objective";

    public FixtureResult Check(Fixture fixture)
    {
        Func<Case, Tensor>? loss = fixture.Text("objective") switch
        {
            "chunked-cross-entropy" => Chunked,
            "causal-lm" => CausalLanguageModel,
            _ => null,
        };
        if (loss is null)
        {
            return FixtureResult.Skip($"there is no objective {fixture.Text("objective")}");
        }

        using var inputs = Safetensors.Open(fixture.Resolve("inputs.safetensors"));
        using var expected = Safetensors.Open(fixture.Resolve("expected.safetensors"));
        var comparison = new TensorComparison(fixture.Tolerance);
        foreach (JsonElement json in fixture.ReadJsonFile("cases.json").EnumerateArray())
        {
            using var scope = NewDisposeScope();
            string name = json.GetProperty("name").GetString()!;
            string[] trained = [.. json.GetProperty("gradients").EnumerateArray().Select(input => input.GetString()!)];
            var tensors = json.GetProperty("inputs").EnumerateArray().Select(input => input.GetString()!).ToDictionary(
                input => input, input => TensorMemory.Read(inputs, $"{name}.{input}", null, CPU).requires_grad_(trained.Contains(input)));
            Tensor value = loss(new Case(tensors, json.GetProperty("arguments")));
            BackwardPass.Run(value);
            comparison.Compare($"{name}.value", [], [value.ToSingle()], expected);
            foreach (string input in trained)
            {
                comparison.Compare($"{name}.grad.{input}", tensors[input].shape, TensorMemory.ToFloats(tensors[input].grad!), expected);
            }
        }

        return comparison.Result;
    }

    private static Tensor Chunked(Case test)
    {
        (Tensor hidden, Tensor weight) = (test.Tensors["hidden"], test.Tensors["weight"]);
        long rows = test.Arguments.GetProperty("chunk_size").GetInt64();
        var options = new CrossEntropyOptions(ChunkBytes: rows * weight.shape[0] * sizeof(float));
        return Mean(hidden, weight, test.Tensors["labels"], options, count: null);
    }

    // The logits are given: they are the hidden states of a model whose output layer changes nothing.
    private static Tensor CausalLanguageModel(Case test)
    {
        Tensor logits = test.Tensors["logits"], labels = test.Tensors["labels"];
        long vocabulary = logits.shape[^1], places = labels.shape[1] - 1;
        double smoothing = test.Arguments.TryGetProperty("label_smoothing", out JsonElement share) ? share.GetDouble() : 0;
        double? count = test.Arguments.TryGetProperty("num_items_in_batch", out JsonElement items) ? items.GetDouble() : null;
        return Mean(logits.narrow(1, 0, places).reshape(-1, vocabulary), eye(vocabulary, dtype: logits.dtype, device: logits.device),
            labels.narrow(1, 1, places).reshape(-1), new CrossEntropyOptions(smoothing), count);
    }

    private static Tensor Mean(Tensor hidden, Tensor weight, Tensor labels, CrossEntropyOptions options, double? count)
    {
        Tensor trained = labels.ne(Ignored).nonzero().squeeze(1);
        (Tensor sum, long rows) = CrossEntropy.Loss(hidden.index_select(0, trained), weight, null, labels.index_select(0, trained), options);
        return sum / (count ?? rows);
    }

    private sealed record Case(Dictionary<string, Tensor> Tensors, JsonElement Arguments);
}
