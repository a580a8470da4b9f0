using System.Text.Json;
using Attune.Training;
using Attune.Training.Schedules;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>schedule</c>: the rate of every step, and the momentum where it is cycled.</summary>
internal sealed class ScheduleCheck : IFixtureCheck
{
    public string Kind => "schedule";

    public FixtureResult Check(Fixture fixture)
    {
        var comparison = new TensorComparison(fixture.Tolerance);
        int number = 0;
        foreach (JsonElement test in fixture.ReadJsonFile("cases.json").EnumerateArray())
        {
            string name = $"case {number++} ({test.GetProperty("schedule").GetString()})";
            try
            {
                CheckCase(name, test, fixture.Tolerance, comparison);
            }
            catch (AttuneException exception)
            {
                comparison.Problem($"{name}: {exception.Message}");
            }
        }

        return comparison.Result;
    }

    private static void CheckCase(string name, JsonElement test, Tolerance tolerance, TensorComparison comparison)
    {
        double own = test.GetProperty("lr").GetDouble();
        ISchedule schedule = Schedule.Create(test.GetProperty("schedule").GetString()!, Arguments.FromJson(test.GetProperty("arguments"), name),
            own, Integer(test, "num_warmup_steps") ?? 0, Integer(test, "num_training_steps"));
        double[] groups = test.TryGetProperty("group_lr", out JsonElement rates) ? Doubles(rates) : [own];
        double[] metrics = test.TryGetProperty("metrics", out JsonElement reported) ? Doubles(reported) : [];
        long step = 0;
        foreach (JsonElement expected in test.GetProperty("value").EnumerateArray())
        {
            Numbers($"{name}, step {step}", schedule.At(step, groups), expected.ValueKind == JsonValueKind.Array ? Doubles(expected) : [expected.GetDouble()], tolerance, comparison);
            if (step < metrics.Length)
            {
                ((IMetricSchedule)schedule).Report(metrics[step]);
            }

            step++;
        }

        if (test.TryGetProperty("momentum_value", out JsonElement momentum))
        {
            double[] expected = Doubles(momentum);
            Numbers($"{name}, momentum", [.. expected.Select((_, at) => schedule.MomentumAt(at) ?? double.NaN)], expected, tolerance, comparison);
        }
        else if (schedule.MomentumAt(0) is not null)
        {
            comparison.Problem($"{name} cycles a momentum");
        }
    }

    // In a list of numbers each is compared by itself.
    private static void Numbers(string name, double[] actual, double[] expected, Tolerance tolerance, TensorComparison comparison)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            comparison.Compare<double>($"{name}, {i}", [1], [actual[i]], [expected[i]], own: tolerance);
        }
    }

    private static double[] Doubles(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetDouble())];

    private static long? Integer(JsonElement test, string name) =>
        test.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}
