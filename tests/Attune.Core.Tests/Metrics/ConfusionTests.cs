using System.Text.Json;

namespace Attune.Metrics;

public sealed class ConfusionTests
{
    [Fact]
    public void Accuracy_and_macro_f1_are_scikit_learns()
    {
        string path = Path.Combine(TestPaths.SharedOrSkip("parity/metrics/classification"), "cases.json");
        int compared = 0;
        foreach (var test in JsonDocument.Parse(File.ReadAllText(path)).RootElement.EnumerateArray())
        {
            var arguments = test.GetProperty("arguments");
            string metric = test.GetProperty("metric").GetString()!;
            bool isMacro = metric == "precision_recall_f1" && arguments.GetProperty("average").GetString() == "macro" && !arguments.TryGetProperty("classes", out _);
            if (metric != "accuracy" && !isMacro)
            {
                continue;
            }

            var counts = Count(Integers(arguments.GetProperty("labels")), Integers(arguments.GetProperty("predictions")), labels: 20);
            double expected = isMacro ? test.GetProperty("value").GetProperty("f1").GetDouble() : test.GetProperty("value").GetDouble();
            Assert.Equal(expected, isMacro ? counts.MacroF1 : counts.Accuracy, 1e-12);
            compared++;
        }

        Assert.True(compared > 20);
    }

    [Fact]
    public void A_label_that_is_never_right_pulls_the_mean_down_and_one_that_never_occurs_does_not()
    {
        var counts = Count([0, 0, 0, 1], [0, 0, 0, 0], labels: 5);
        Assert.Equal(0.75, counts.Accuracy);
        Assert.Equal(6.0 / 7 / 2, counts.MacroF1, 1e-12);
        counts.Clear();
        Assert.Equal(0, counts.Rows);
        Assert.True(double.IsNaN(counts.MacroF1));
    }

    private static Confusion Count(int[] expected, int[] predictions, int labels)
    {
        var counts = new Confusion(labels);
        for (int row = 0; row < expected.Length; row++)
        {
            counts.Add(expected[row], predictions[row]);
        }

        return counts;
    }

    private static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(one => one.GetInt32())];
}
