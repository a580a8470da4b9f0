using System.Diagnostics;
using Attune.Training;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>Lines for a log: what is new, and a step every few seconds.</summary>
internal sealed class PlainTrainView(Screen screen) : ITrainView
{
    private readonly TrainProgress progress = new();
    private readonly Stopwatch sinceLine = Stopwatch.StartNew();
    private string? doing;

    public void Show(TrainEvent happened)
    {
        progress.Take(happened);
        switch (happened)
        {
            case Progressed work when work.What != doing:
                doing = work.What;
                Write($"{work.What} …");
                break;
            case Progressed { Total: > 0 } work when sinceLine.Elapsed.TotalSeconds >= 10:
                Write($"{work.What}: {work.Done} of {work.Total}");
                break;
            case Noted note:
                Write("note: " + note.Text);
                break;
            case StepDone step when progress.IsLogged(step, sinceLine.Elapsed.TotalSeconds >= 5):
                Write($"step {step.Step}/{progress.Steps}  loss {step.Loss:F4}  lr {step.LearningRate:G3}  norm {step.GradNorm:F2}  {progress.TokensPerSecond:F0} tokens/s"
                    + $"  {progress.PeakShare:P0} of peak  {step.ResidentBytes / (1 << 20)} MiB{(progress.Left is { } left ? $"  {TrainProgress.Time(left)} left" : "")}");
                break;
            case Measured measured:
                Write($"step {measured.Step}  validation loss {measured.ValidationLoss:F4}{(measured.IsBest ? " (best)" : "")}");
                break;
            case CheckpointSaved saved:
                Write($"saved {saved.Folder}");
                break;
            case RunStopped { Reason: "early" }:
                Write("stopped early: no better measurement for long enough");
                break;
        }
    }

    public void Close()
    {
    }

    private void Write(string text)
    {
        screen.Progress.WriteLine(text);
        sinceLine.Restart();
    }
}
