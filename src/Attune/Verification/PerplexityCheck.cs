using System.Text.Json;
using Attune.Evaluation;
using Attune.Formats;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>perplexity</c>: every window's loss, the text's, and both perplexities.</summary>
internal sealed class PerplexityCheck : IFixtureCheck
{
    public string Kind => "perplexity";

    public FixtureResult Check(Fixture fixture)
    {
        if (FixtureModel.Skip(fixture) is { } reason)
        {
            return FixtureResult.Skip(reason);
        }

        using var model = FixtureModel.LoadLanguageModel(fixture);
        using var inputs = Safetensors.Open(fixture.Resolve("inputs.safetensors"));
        int[] ids = [.. inputs.ReadIntegers("input_ids").Select(token => (int)token)];
        var comparison = new TensorComparison(fixture.Tolerance);
        foreach (var test in fixture.ReadJsonFile("expected.json").EnumerateArray())
        {
            int window = test.GetProperty("window").GetInt32(), stride = test.GetProperty("stride").GetInt32();
            Compare($"stride {stride}", Perplexity.OfText(model, ids, window, stride), test, comparison);
        }

        return comparison.Result;
    }

    private static void Compare(string name, IReadOnlyList<TextWindow> windows, JsonElement expected, TensorComparison comparison)
    {
        void Number(string what, double actual, double reference) => comparison.Compare<double>($"{name}, {what}", [1], [actual], [reference]);
        var reference = expected.GetProperty("windows");
        if (windows.Count != reference.GetArrayLength())
        {
            comparison.Problem($"{name}: {windows.Count} windows, expected {reference.GetArrayLength()}");
            return;
        }

        for (int i = 0; i < windows.Count; i++)
        {
            var (begin, end, targets, loss) = windows[i];
            var (place, predicted) = ($"{begin}-{end}, {targets} targets", reference[i].GetProperty("predicted").GetInt64());
            string wanted = $"{reference[i].GetProperty("begin").GetInt32()}-{reference[i].GetProperty("end").GetInt32()}, {reference[i].GetProperty("targets").GetInt32()} targets";
            if (place != wanted || predicted != loss.Count)
            {
                comparison.Problem($"{name}, window {i}: {place}, {loss.Count} predicted, expected {wanted}, {predicted} predicted");
            }

            Number($"window {i}", loss.Mean, reference[i].GetProperty("loss").GetDouble());
        }

        var all = Perplexity.Sum(windows);
        Number("predicted tokens", all.Count, expected.GetProperty("predicted_tokens").GetInt64());
        Number("mean loss", all.Mean, expected.GetProperty("mean_loss").GetDouble());
        Number("perplexity", all.Perplexity, expected.GetProperty("perplexity").GetDouble());

        // The loop in transformers' documentation weighs every window by its targets but one.
        double weighted = windows.Sum(window => window.Loss.Mean * (window.Targets - 1)) / windows.Sum(window => window.Targets - 1);
        Number("perplexity of the documentation's loop", Math.Exp(weighted), expected.GetProperty("perplexity_documentation").GetDouble());
    }
}
