using Attune.Training;

namespace Attune.Cli.Terminal;

/// <summary>What the views of a run show, kept up to date by its events.</summary>
internal sealed class TrainProgress
{
    private const int Recent = 20;
    private readonly Queue<StepDone> recent = new();

    /// <summary>Steps in all.</summary>
    public long Steps { get; private set; }

    /// <summary>Steps between lines of a view that writes lines; null: its own measure.</summary>
    public int? LogEvery { get; private set; }

    /// <summary>The last step.</summary>
    public StepDone? Last { get; private set; }

    /// <summary>The last measurement of the validation rows.</summary>
    public Measured? Measured { get; private set; }

    /// <summary>Tokens a second over the last steps.</summary>
    public double TokensPerSecond => recent.Count == 0 ? 0 : recent.Sum(step => step.Tokens) / recent.Sum(step => step.Seconds);

    /// <summary>Share of the machine's matrix-product peak over the last steps.</summary>
    public double PeakShare => recent.Count == 0 ? 0 : recent.Sum(step => step.PeakShare * step.Seconds) / recent.Sum(step => step.Seconds);

    /// <summary>The mean loss of the last steps.</summary>
    public double Loss => recent.Count == 0 ? double.NaN : recent.Average(step => step.Loss);

    /// <summary>The time that the steps left will take, at the last steps' pace.</summary>
    public TimeSpan? Left => Last is null || recent.Count == 0 ? null : TimeSpan.FromSeconds((Steps - Last.Step) * recent.Average(step => step.Seconds));

    /// <summary>Whether a view that writes lines tells of a step: the first, the last, and every so many; without a number those that <paramref name="otherwise"/> says.</summary>
    public bool IsLogged(StepDone step, bool otherwise) => step.Step == 1 || step.Step == Steps || (LogEvery is int every ? step.Step % every == 0 : otherwise);

    /// <summary>Takes an event in.</summary>
    public void Take(TrainEvent happened)
    {
        switch (happened)
        {
            case RunStarted started:
                (Steps, LogEvery) = (started.Steps, started.LogEvery);
                break;
            case StepDone step:
                Last = step;
                recent.Enqueue(step);
                if (recent.Count > Recent)
                {
                    recent.Dequeue();
                }

                break;
            case Measured measured:
                Measured = measured;
                break;
        }
    }

    /// <summary>A span as people read it.</summary>
    public static string Time(TimeSpan span) => span.TotalHours >= 1 ? $"{(int)span.TotalHours} h {span.Minutes:D2} min" : span.TotalMinutes >= 1 ? $"{span.Minutes} min {span.Seconds:D2} s" : $"{span.Seconds} s";
}
