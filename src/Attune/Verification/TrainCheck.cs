using System.Text.Json;
using Attune.Formats;
using Attune.Models;
using Attune.Nn;
using Attune.Objectives;
using Attune.Recipes;
using Attune.Training;
using Attune.Training.Optimizers;
using Attune.Training.Schedules;
using Attune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>train</c>: loss, gradient norm and learning rate of every step, and what was trained in the end, as it is saved.</summary>
internal sealed class TrainCheck : IFixtureCheck
{
    private static readonly string[] Known =
        ["steps", "optimizer", "groups", "schedule", "max_gradient_norm", "gradient_accumulation", "normalisation", "loss", "precision", "batches"];

    public string Kind => "train";

    public FixtureResult Check(Fixture fixture)
    {
        var training = fixture.Json.GetProperty("training");
        if ((FixtureModel.Skip(fixture) ?? SkipTraining(fixture, training)) is { } reason)
        {
            return FixtureResult.Skip(reason);
        }

        using var model = FixtureModel.Load(fixture);
        using var method = Method(fixture);
        method.Attach(model, seed: 0);
        if (Directory.Exists(fixture.Resolve("adapter-initial")))
        {
            method.Load(fixture.Resolve("adapter-initial"));
        }

        var comparison = new TensorComparison(fixture.Tolerance);
        method.Training = true;
        Train(fixture, training, model, method, comparison);
        CompareSaved(fixture, method, comparison);
        return comparison.Result;
    }

    private static string? SkipTraining(Fixture fixture, JsonElement training)
    {
        string method = fixture.Text("method") ?? "";
        string? unknown = training.EnumerateObject().Select(setting => setting.Name).FirstOrDefault(name => !Known.Contains(name));
        return unknown is not null ? $"training with {unknown} is not there yet"
            : training.GetProperty("precision").GetString() != "float32" ? $"training in {training.GetProperty("precision").GetString()} is not there yet"
            : method != "full" && !AdapterCheck.IsThere(fixture.Resolve("adapter-initial")) ? $"method {method} is not there yet"
            : !Optimizer.Names.Contains(training.GetProperty("optimizer").GetProperty("name").GetString()) ? $"optimizer {training.GetProperty("optimizer").GetProperty("name")} is not there yet"
            : null;
    }

    private static ITuningMethod Method(Fixture fixture) => fixture.Text("method") == "full"
        ? TuningMethods.Create(new MethodChoice("full"))
        : TuningMethods.FromConfig(AdapterFiles.OpenConfig(fixture.Resolve("adapter-initial")), null);

    private static void Train(Fixture fixture, JsonElement training, TextModel model, ITuningMethod method, TensorComparison comparison)
    {
        var settings = training.GetProperty("optimizer");
        var arguments = new Arguments(settings.EnumerateObject().Where(setting => setting.Name != "name").ToDictionary(setting => setting.Name, setting => Arguments.Value(setting.Value)), fixture.Name);
        using var optimizer = Optimizer.Create(settings.GetProperty("name").GetString()!, arguments, Groups(training.GetProperty("groups"), method.Trainable));
        int steps = training.GetProperty("steps").GetInt32(), accumulation = training.GetProperty("gradient_accumulation").GetInt32();
        var schedule = ScheduleOf(fixture, training, settings.GetProperty("lr").GetDouble(), steps);
        double? clip = training.GetProperty("max_gradient_norm") is { ValueKind: JsonValueKind.Number } limit ? limit.GetDouble() : null;
        var expected = fixture.ReadJsonFile("expected.json");
        using var batches = Safetensors.Open(fixture.Resolve("batches.safetensors"));
        for (int step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            int batch = training.TryGetProperty("batches", out var order) ? order[step].GetInt32() : step;
            var prefixes = Enumerable.Range(0, accumulation).Select(part => accumulation > 1 ? $"{batch}.{part}." : $"{batch}.");
            var parts = prefixes.Select(prefix => (Rows: FixtureRows.Read(batches, prefix), Prefix: prefix)).ToList();
            bool byTokens = training.GetProperty("normalisation").GetString() == "tokens";
            long all = byTokens ? parts.Sum(part => part.Rows.Trained().Targets.LongLength) : 0;
            double loss = 0;
            foreach (var (rows, prefix) in parts)
            {
                using var inner = NewDisposeScope();
                var (sum, count) = Loss(model, rows, batches, prefix, LossOptions(training.GetProperty("loss")));
                var mean = sum / (byTokens ? all : count * accumulation);
                BackwardPass.Run(mean);
                optimizer.Parameters.CollectGradients();
                loss += mean.ToDouble();
            }

            double norm = Gradients.Clip(optimizer.Parameters, clip);
            double[] rates = schedule.At(step, optimizer.LearningRates);
            optimizer.Step(rates);
            optimizer.ZeroGradients();
            comparison.Compare<double>($"loss[{step}]", [], [loss], [expected.GetProperty("loss")[step].GetDouble()]);
            comparison.Compare<double>($"gradient_norm[{step}]", [], [norm], [expected.GetProperty("gradient_norm")[step].GetDouble()]);
            var rate = expected.GetProperty("learning_rate")[step];
            double[] wanted = rate.ValueKind == JsonValueKind.Array ? [.. rate.EnumerateArray().Select(one => one.GetDouble())] : [.. rates.Select(_ => rate.GetDouble())];
            comparison.Compare<double>($"learning_rate[{step}]", [rates.Length], rates, wanted);
        }
    }

    private static (Tensor Sum, long Count) Loss(TextModel model, FixtureRows rows, Safetensors batches, string prefix, CrossEntropyOptions options)
    {
        if (model is EncoderModel encoder)
        {
            var batch = new ClassifierBatch(rows, batches, prefix);
            return (batch.Loss(encoder, options), batch.Count);
        }

        var language = LanguageModel.Of(model);
        var (from, targets) = rows.Trained();
        using var packed = rows.Pack();
        return CrossEntropy.Loss(language.Hidden(packed).index_select(0, tensor(from)), language.OutputProjection.Weight.Value, null, tensor(targets), options);
    }

    private static List<ParameterGroup> Groups(JsonElement groups, IReadOnlyList<(string Name, Tensor Tensor)> trainable)
    {
        if (groups.ValueKind == JsonValueKind.String)
        {
            return [new ParameterGroup(trainable)];
        }

        var byName = trainable.ToDictionary(one => one.Name, one => one.Tensor);
        return [.. groups.EnumerateArray().Select(group => new ParameterGroup(
            [.. group.GetProperty("parameters").EnumerateArray().Select(name => (name.GetString()!, byName[name.GetString()!]))],
            group.EnumerateObject().Where(setting => setting.Name != "parameters").ToDictionary(setting => setting.Name, setting => Arguments.Value(setting.Value))))];
    }

    private static ISchedule ScheduleOf(Fixture fixture, JsonElement training, double learningRate, int steps)
    {
        var schedule = training.GetProperty("schedule");
        if (schedule.ValueKind == JsonValueKind.Null)
        {
            return Schedule.Create("constant", null, learningRate);
        }

        // A schedule may be made for more steps than the fixture takes.
        long Steps(string key, long otherwise) => schedule.TryGetProperty(key, out var given) && given.ValueKind != JsonValueKind.Null ? given.GetInt64() : otherwise;
        var arguments = schedule.TryGetProperty("arguments", out var own) ? Arguments.FromJson(own, fixture.Name) : null;
        return Schedule.Create(schedule.GetProperty("name").GetString()!, arguments, learningRate, Steps("num_warmup_steps", 0), Steps("num_training_steps", steps));
    }

    private static CrossEntropyOptions LossOptions(JsonElement loss) => loss.ValueKind == JsonValueKind.String
        ? CrossEntropyOptions.Default : new CrossEntropyOptions(loss.GetProperty("epsilon").GetDouble());

    private static void CompareSaved(Fixture fixture, ITuningMethod method, TensorComparison comparison)
    {
        string folder = Directory.CreateTempSubdirectory("attune-").FullName;
        try
        {
            method.Save(folder);
            using var saved = ShardedSafetensors.OpenFolder(folder, fixture.Text("method") == "full" ? "model" : "adapter_model");
            using var expected = Safetensors.Open(fixture.Resolve("expected.safetensors"));
            var unstable = fixture.Json.TryGetProperty("unstable", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet() : [];
            foreach (string name in saved.Tensors.Keys.Union(expected.Tensors.Keys).Where(name => !unstable.Contains(name)))
            {
                if (saved.Tensors.ContainsKey(name))
                {
                    comparison.Compare(name, saved.Tensors[name].Shape, saved.ReadFloats(name), expected);
                }
                else
                {
                    comparison.Problem($"{name} was not saved");
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
