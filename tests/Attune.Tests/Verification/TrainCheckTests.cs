using System.Text.Json.Nodes;
using Attune.Formats;

namespace Attune.Verification;

/// <summary>What a train fixture says of its schedule holds, also where the schedule is made for more steps than the fixture takes.</summary>
public sealed class TrainCheckTests
{
    private const string Name = "train/gpt2-causal-lm-linear-warmup";

    [Fact]
    public void The_first_steps_of_a_longer_schedule_have_that_schedules_rates()
    {
        using var folder = new TemporaryFolder();
        var result = Check(folder, steps: 7, scheduled: 12);
        Assert.True(result.Outcome == FixtureOutcome.Ok, result.Message);
    }

    [Fact]
    public void A_schedule_of_another_length_has_other_rates()
    {
        using var folder = new TemporaryFolder();
        var result = Check(folder, steps: 7, scheduled: 7);
        Assert.Equal(FixtureOutcome.Failed, result.Outcome);
        Assert.Contains("learning_rate", result.Message);
    }

    // The recorded run is cut off: its weights are those after the last step, so they are left out.
    private static FixtureResult Check(TemporaryFolder folder, int steps, int scheduled)
    {
        CopiedFixtures.Copy(folder.Path, Name, "_models/train-gpt2");
        string path = folder[$"{Name}/fixture.json"];
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.Equal(12, (int)json["training"]!["steps"]!);
        json["training"]!["steps"] = steps;
        json["training"]!["schedule"]!["num_training_steps"] = scheduled;
        using (var trained = Safetensors.Open(folder[$"{Name}/expected.safetensors"]))
        {
            json["unstable"] = new JsonArray([.. trained.Tensors.Keys.Select(name => JsonValue.Create(name))]);
        }

        File.WriteAllText(path, json.ToJsonString());
        return Verifier.Check(Fixture.Open(folder[Name]));
    }
}
