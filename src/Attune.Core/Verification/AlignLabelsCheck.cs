using System.Text.Json;
using Attune.Text;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>align-labels</c>: labels of words as labels of tokens.</summary>
internal sealed class AlignLabelsCheck : IFixtureCheck
{
    public string Kind => "align-labels";

    public FixtureResult Check(Fixture fixture)
    {
        var comparison = new TensorComparison(fixture.Tolerance);
        List<string> labels = [.. fixture.Json.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)];
        int number = 0;
        foreach (JsonElement test in fixture.ReadJsonFile("cases.json").EnumerateArray())
        {
            string name = $"case {number++}";
            int[] words = [.. test.GetProperty("labels").EnumerateArray().Select(label => labels.IndexOf(label.GetString()!))];
            int?[] wordIds = SpanCases.WordIds(test.GetProperty("word_ids"));
            Compare($"{name}, first tokens", TokenLabels.OfFirst(wordIds, words), test.GetProperty("label_ids"), comparison);
            Compare($"{name}, all tokens", TokenLabels.OfAll(wordIds, words, labels), test.GetProperty("label_ids_all_tokens"), comparison);
        }

        return comparison.Result;
    }

    private static void Compare(string name, int[] actual, JsonElement expected, TensorComparison comparison) =>
        comparison.Compare<int>(name, [actual.Length], actual, [.. expected.EnumerateArray().Select(one => one.GetInt32())]);
}
