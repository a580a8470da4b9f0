using System.Text.Json;
using Attune.Nn;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>relative-buckets</c>: the bucket of each relative position.</summary>
internal sealed class RelativeBucketsCheck : IFixtureCheck
{
    public string Kind => "relative-buckets";

    public FixtureResult Check(Fixture fixture)
    {
        var comparison = new TensorComparison(fixture.Tolerance);
        int number = 0;
        foreach (JsonElement test in fixture.ReadJsonFile("cases.json").EnumerateArray())
        {
            string function = test.GetProperty("function").GetString()!;
            string name = $"case {number++} ({function})";
            int Number(string key) => test.GetProperty(key).GetInt32();
            Func<int, int>? bucket = function switch
            {
                "t5" => relative => RelativeBuckets.T5(relative, test.GetProperty("bidirectional").GetBoolean(), Number("num_buckets"), Number("max_distance")),
                "mpnet" => relative => RelativeBuckets.Mpnet(relative, Number("num_buckets"), Number("max_distance")),
                "deberta-v2" => relative => RelativeBuckets.DebertaV2(relative, Number("bucket_size"), Number("max_position")),
                _ => null,
            };
            if (bucket is null)
            {
                comparison.Problem($"{name} is of no function that is known");
                continue;
            }

            int[] expected = [.. test.GetProperty("buckets").EnumerateArray().Select(one => one.GetInt32())];
            int[] actual = [.. Enumerable.Range(Number("first"), expected.Length).Select(bucket)];
            comparison.Compare<int>(name, [expected.Length], actual, expected);
        }

        return comparison.Result;
    }
}
