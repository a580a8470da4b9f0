using System.Text.Json;
using Attune.Formats;
using Attune.Generation;
using Attune.Generation.Processors;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>sampling</c>: the probabilities after all processors.</summary>
internal sealed class SamplingCheck : IFixtureCheck
{
    public string Kind => "sampling";

    public FixtureResult Check(Fixture fixture)
    {
        using var inputs = Safetensors.Open(fixture.Resolve("inputs.safetensors"));
        using var expected = Safetensors.Open(fixture.Resolve("expected.safetensors"));
        int[] history = [.. inputs.ReadIntegers("history").Select(token => (int)token)];
        int length = (int)inputs.Find("history").Shape[1];
        var comparison = new TensorComparison(fixture.Tolerance);
        foreach (var test in fixture.ReadJsonFile("cases.json").EnumerateArray())
        {
            string name = test.GetProperty("name").GetString()!, logits = test.GetProperty("logits").GetString()!;
            var options = GenerationOptions.Read(HuggingFaceConfig.ParseAny(JsonSerializer.SerializeToUtf8Bytes(test.GetProperty("generation")), fixture.Name)) with { DoSample = true };
            float[] probabilities = inputs.ReadFloats(logits);
            var shape = inputs.Find(logits).Shape;
            int vocabulary = (int)shape[1];
            for (int row = 0; row < shape[0]; row++)
            {
                Process(LogitsProcessors.Of(options), history.AsSpan(row * length, length), probabilities.AsSpan(row * vocabulary, vocabulary));
            }

            comparison.Compare(name, shape, probabilities, expected);
            float[] reference = expected.ReadFloats(name);
            int wrong = Array.FindIndex([.. Enumerable.Range(0, reference.Length)], i => reference[i] == 0 != (probabilities[i] == 0));
            if (wrong >= 0)
            {
                comparison.Problem($"{name}: token {wrong % vocabulary} of row {wrong / vocabulary} has probability {probabilities[wrong]}, expected {reference[wrong]}");
            }
        }

        return comparison.Result;
    }

    private static void Process(ILogitsProcessor[] processors, ReadOnlySpan<int> history, Span<float> scores)
    {
        foreach (var processor in processors)
        {
            processor.Process(history, 0, scores);
        }

        double total = Softmax.Weights(scores, scores);
        foreach (ref float score in scores)
        {
            score = (float)(score / total);
        }
    }
}
