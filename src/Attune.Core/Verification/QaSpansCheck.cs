using System.Text.Json;
using Attune.Spans;
using Attune.Text;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>qa-spans</c>: from scores for an answer's first and last token to answers.</summary>
internal sealed class QaSpansCheck : IFixtureCheck
{
    public string Kind => "qa-spans";

    public FixtureResult Check(Fixture fixture)
    {
        var comparison = new TensorComparison(fixture.Tolerance);
        Action<string, JsonElement, TensorComparison>? check = fixture.Text("algorithm") switch
        {
            "run_qa" => NBest,
            "pipeline" => Pipeline,
            _ => null,
        };
        if (check is null)
        {
            return FixtureResult.Skip($"nothing here answers as {fixture.Text("algorithm")} does");
        }

        int number = 0;
        foreach (JsonElement test in fixture.ReadJsonFile("cases.json").EnumerateArray())
        {
            check($"case {number++}", test, comparison);
        }

        return comparison.Result;
    }

    private static void NBest(string name, JsonElement test, TensorComparison comparison)
    {
        JsonElement settings = test.GetProperty("settings");
        string context = test.GetProperty("context").GetString()!;
        var answers = new NBestAnswers
        {
            Size = settings.GetProperty("n_best_size").GetInt32(),
            LongestAnswer = settings.GetProperty("max_answer_length").GetInt32(),
            MayBeEmpty = settings.GetProperty("version_2_with_negative").GetBoolean(),
            NullScoreThreshold = settings.GetProperty("null_score_diff_threshold").GetSingle(),
        };
        AnswerPrediction prediction = answers.Predict(context, [.. test.GetProperty("features").EnumerateArray().Select(feature =>
        {
            JsonElement[] offsets = [.. feature.GetProperty("offset_mapping").EnumerateArray()];
            return new AnswerWindow
            {
                StartLogits = SpanCases.Floats(feature.GetProperty("start_logits")),
                EndLogits = SpanCases.Floats(feature.GetProperty("end_logits")),
                Offsets = [.. offsets.Select(pair => SpanCases.Range(pair, context))],
                IsContext = [.. offsets.Select(pair => pair.ValueKind != JsonValueKind.Null)],
                WordIds = new int?[offsets.Length],
                Counts = new bool[offsets.Length],
            };
        })]);
        Same($"{name}, prediction", prediction.Text, test.GetProperty("prediction"), comparison);
        bool hasDifference = test.TryGetProperty("null_score_diff", out JsonElement difference) && difference.ValueKind == JsonValueKind.Number;
        Number($"{name}, null_score_diff", prediction.NullScoreDifference ?? double.NaN, hasDifference ? difference.GetDouble() : double.NaN, comparison);
        List<JsonElement> expected = [.. test.GetProperty("nbest").EnumerateArray()];
        if (expected.Count != prediction.Best.Count)
        {
            comparison.Problem($"{name} has {Words.Count(prediction.Best.Count, "answer")}, expected {expected.Count}");
            return;
        }

        for (int i = 0; i < expected.Count; i++)
        {
            RankedAnswer answer = prediction.Best[i];
            Same($"{name}, answer {i}", answer.Text, expected[i].GetProperty("text"), comparison);
            Number($"{name}, start_logit {i}", answer.StartLogit, expected[i].GetProperty("start_logit").GetDouble(), comparison);
            Number($"{name}, end_logit {i}", answer.EndLogit, expected[i].GetProperty("end_logit").GetDouble(), comparison);
            Number($"{name}, probability {i}", answer.Probability, expected[i].GetProperty("probability").GetDouble(), comparison);
        }
    }

    private static void Pipeline(string name, JsonElement test, TensorComparison comparison)
    {
        JsonElement settings = test.GetProperty("settings");
        string question = test.GetProperty("question").GetString()!;
        string context = test.GetProperty("context").GetString()!;
        var spans = new AnswerSpans
        {
            Most = settings.GetProperty("top_k").GetInt32(),
            LongestAnswer = settings.GetProperty("max_answer_len").GetInt32(),
            MayBeEmpty = settings.GetProperty("handle_impossible_answer").GetBoolean(),
            WholeWords = settings.GetProperty("align_to_words").GetBoolean(),
        };
        IReadOnlyList<SpanAnswer> answers = spans.Answers(context, [.. test.GetProperty("features").EnumerateArray().Select(feature =>
        {
            bool[] isContext = [.. SpanCases.WordIds(feature.GetProperty("sequence_ids")).Select(sequence => sequence == 1)];
            return new AnswerWindow
            {
                StartLogits = SpanCases.Floats(feature.GetProperty("start_logits")),
                EndLogits = SpanCases.Floats(feature.GetProperty("end_logits")),
                Offsets = [.. feature.GetProperty("offsets").EnumerateArray().Select((pair, token) => SpanCases.Range(pair, isContext[token] ? context : question))],
                IsContext = isContext,
                WordIds = SpanCases.WordIds(feature.GetProperty("word_ids")),
                Counts = [.. feature.GetProperty("p_mask").EnumerateArray().Select(one => one.GetInt32() == 0)],
            };
        })]);
        List<JsonElement> expected = [.. test.GetProperty("answers").EnumerateArray()];
        if (expected.Count != answers.Count)
        {
            comparison.Problem($"{name} has {Words.Count(answers.Count, "answer")}, expected {expected.Count}");
            return;
        }

        for (int i = 0; i < expected.Count; i++)
        {
            TextRange range = SpanCases.InCodePoints(answers[i].Range, context);
            Same($"{name}, answer {i}", answers[i].Answer, expected[i].GetProperty("answer"), comparison);
            Number($"{name}, score {i}", answers[i].Score, expected[i].GetProperty("score").GetDouble(), comparison);
            if (range != new TextRange(expected[i].GetProperty("start").GetInt32(), expected[i].GetProperty("end").GetInt32()))
            {
                comparison.Problem($"{name}, answer {i} is at {range.Start} to {range.End}, expected {expected[i].GetProperty("start")} to {expected[i].GetProperty("end")}");
            }
        }
    }

    private static void Same(string name, string actual, JsonElement expected, TensorComparison comparison)
    {
        if (actual != expected.GetString())
        {
            comparison.Problem($"{name} is \"{actual}\", expected \"{expected.GetString()}\"");
        }
    }

    private static void Number(string name, double actual, double expected, TensorComparison comparison) =>
        comparison.Compare<double>(name, [1], [actual], [expected]);
}
