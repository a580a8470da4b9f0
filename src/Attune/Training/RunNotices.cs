using Attune.Data;
using Attune.Models;
using Attune.Recipes;

namespace Attune.Training;

/// <summary>What a user should know of a run's rows and of what the model begins with, said before work starts.</summary>
internal static class RunNotices
{
    /// <summary>Adds the notices of rows that were left out or cut, and of a head that begins anew.</summary>
    /// <param name="notices">Takes them.</param>
    /// <param name="data">The rows.</param>
    /// <param name="model">The model.</param>
    /// <param name="hasAdapter">Whether an adapter brings along what the checkpoint lacks.</param>
    public static void Add(Notices notices, EncodedSplits data, OpenModel model, bool hasAdapter = false)
    {
        var (counts, train) = (data.Counts, data.Train.Counts);
        notices.Add("empty-rows", n => $"{Words.Count(n, "row")} with an empty text {Words.Of(n, "was", "were")} left out", count: counts.Empty);
        notices.Add("bad-rows", n => $"{Words.Count(n, "bad row")} {Words.Of(n, "was", "were")} left out (rejected.jsonl)", data.Rejected.Rows is [var bad, ..] ? bad.ToString() : null, count: counts.Bad);
        notices.Add("cut-rows", n => $"{Words.Count(n, "training row")} of {Words.Count(train.Rows, "row")} {Words.Of(n, "was", "were")} cut at train.max_tokens, {Words.Count(train.TokensCut, "token")} in all",
            count: train.Truncated);
        notices.Add("too-long-rows", n => $"{Words.Count(n, "training row")} {Words.Of(n, "was", "were")} left out: nothing to train remains before train.max_tokens", count: train.TooLong);
        if (model.Weights is EncoderModel encoder)
        {
            var trained = data.Train.Rows.Select(row => encoder.LabelNumber(row.Label!)).ToHashSet();
            string[] never = [.. encoder.Labels.Where((_, id) => !trained.Contains(id))];
            notices.Add("labels-without-rows", n => $"no training row has {Words.Of(n, "the label", "one of the labels")} {string.Join(", ", never.Take(10))}: the model will not learn to give it", count: never.Length);
            AddUntrained(notices, data, trained, encoder);
            LabelNotices.AddMany(notices, data.Train.Rows);
            LabelNotices.AddOneLabel(notices, data.Train.Rows, "training");
            LabelNotices.AddOneLabel(notices, data.Validation.Rows, "validation");
            LabelNotices.AddOneLabel(notices, data.Test.Rows, "test");
            if (model.Begun.Count > 0 && !hasAdapter)
            {
                notices.Add("new-head", $"the checkpoint has no {string.Join(", ", model.Begun.Order(StringComparer.Ordinal))} for these labels: they begin with random numbers, and before the training say nothing");
            }
        }
        else if (train.EndTrained == 0)
        {
            notices.Add("no-end-token", "no training row trains an end token: the model will not learn to stop");
        }
    }

    /// <summary>Adds what is to be said of how many updates the rows come to.</summary>
    public static void AddUpdates(Notices notices, TrainOptions train, int rows, BatchPlan batches)
    {
        const int Few = 10;
        if (batches.BatchSize > rows)
        {
            string size = train.GradientAccumulationSteps == 1 ? $"train.batch_size is {train.BatchSize}"
                : $"train.batch_size times train.gradient_accumulation_steps is {batches.BatchSize}";
            notices.Add("batch-larger-than-rows", $"{size}, and there {Words.Of(rows, "is", "are")} {Words.Count(rows, "training row")}: an update sees all of them, once an epoch");
        }

        if (batches.Steps < Few)
        {
            notices.Add("few-updates", n => $"the run makes {Words.Count(n, "update")} in all: that is little to learn from",
                cure: "train for more epochs (train.epochs), or with a smaller train.batch_size", count: batches.Steps);
        }
    }

    // A row whose label is never trained can only be told wrong: measures look worse than the model is.
    private static void AddUntrained(Notices notices, EncodedSplits data, HashSet<int> trained, EncoderModel encoder)
    {
        var never = new[] { data.Validation, data.Test }.SelectMany(split => split.Rows.Zip(split.Places))
            .Where(pair => !trained.Contains(encoder.LabelNumber(pair.First.Label!))).ToList();
        string[] labels = [.. never.Select(pair => pair.First.Label!).Distinct()];
        notices.Add("labels-only-held-out",
            n => $"{Words.Count(n, "row")} of validation or test {Words.Of(n, "has", "have")} {Words.Of(labels.Length, "the label", "labels")} "
                + $"{LabelMap.List(labels)}, which no training row has",
            never.Count == 0 ? null : $"{never[0].Second}", "give training rows with these labels, or mend the labels", never.Count);
    }
}
