using System.Text.Json;
using Attune.Evaluation;

namespace Attune.Training;

/// <summary>A run's events, read back: the steps and measurements of the whole run, whatever stops lay between.</summary>
/// <param name="Steps">Steps, in order.</param>
/// <param name="Measurements">Measurements of the validation rows.</param>
/// <param name="Notes">What a reader should know besides notices, each once.</param>
/// <param name="Notices">The notices, each code once, as the last process told it.</param>
internal sealed record RunEvents(IReadOnlyList<StepDone> Steps, IReadOnlyList<Measured> Measurements, IReadOnlyList<string> Notes, IReadOnlyList<Notice> Notices)
{
    private List<TrainEvent> All { get; init; } = [];

    /// <summary>Reads events.jsonl; a last line that a crash cut short is passed over.</summary>
    public static RunEvents Read(string path)
    {
        var steps = new SortedDictionary<long, StepDone>();
        var measurements = new SortedDictionary<long, Measured>();
        var notes = new List<string>();
        var notices = new OrderedDictionary<string, Notice>();
        var all = new List<TrainEvent>();
        foreach (string line in Lines(path))
        {
            var happened = Parse(line);
            if (happened is not null)
            {
                all.Add(happened);
            }

            switch (happened)
            {
                case StepDone step:
                    steps[step.Step] = step;
                    break;
                case Measured measured:
                    measurements[measured.Step] = measured;
                    break;
                case Noted { Notice: { } notice }:
                    notices[notice.Code] = notice;
                    break;
                case Noted note when !notes.Contains(note.Text):
                    notes.Add(note.Text);
                    break;
            }
        }

        return new RunEvents([.. steps.Values], [.. measurements.Values], notes, [.. notices.Values]) { All = all };
    }

    /// <summary>Seconds that earlier processes spent on the run: the time between their events, without what lay between two processes.</summary>
    /// <param name="began">When this process began.</param>
    public double SecondsBefore(DateTimeOffset began)
    {
        double seconds = 0;
        for (int i = 1; i < All.Count && All[i].Time < began; i++)
        {
            bool begins = All[i] is Noted || (All[i] is RunStarted && All[i - 1] is not Noted);
            seconds += begins ? 0 : Math.Max(0, (All[i].Time - All[i - 1].Time).TotalSeconds);
        }

        return seconds;
    }

    /// <summary>The curves of a report.</summary>
    public CurveData Curves() => new()
    {
        TrainLoss = CurveData.Thin([.. Steps.Select(step => (step.Step, step.Loss))]),
        ValidationLoss = CurveData.Thin([.. Measurements.Select(measured => (measured.Step, measured.ValidationLoss))]),
        LearningRate = CurveData.Thin([.. Steps.Select(step => (step.Step, step.LearningRate))]),
        GradNorm = CurveData.Thin([.. Steps.Select(step => (step.Step, step.GradNorm))]),
        TokensPerSecond = CurveData.Thin([.. Steps.Where(step => step.Seconds > 0).Select(step => (step.Step, step.Tokens / step.Seconds))]),
    };

    private static IEnumerable<string> Lines(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static TrainEvent? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, TrainEventJson.Default.TrainEvent);
        }
        catch (JsonException)
        {
            return null; // The line that a crash cut short.
        }
    }
}
