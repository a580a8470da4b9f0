using Attune.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Attune.Cli.Terminal;

/// <summary>A panel that is drawn again as the run goes on: bar, loss and its curve, rate, speed, memory, time left.</summary>
internal sealed class LiveTrainView : ITrainView
{
    private const int CurveWidth = 60;
    private static readonly char[] Bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    private readonly TrainProgress progress = new();
    private readonly Screen screen;
    private readonly List<double> losses = [];
    private readonly Lock gate = new();
    private readonly TaskCompletionSource closed = new();
    private readonly Task drawing;
    private string doing = "starting";
    private (long Done, long Total) work;

    public LiveTrainView(Screen screen)
    {
        this.screen = screen;
        drawing = screen.Progress.Live(new Spectre.Console.Text("")).AutoClear(false).StartAsync(async context =>
        {
            while (!closed.Task.IsCompleted)
            {
                context.UpdateTarget(Panel());
                await Task.WhenAny(closed.Task, Task.Delay(200)).ConfigureAwait(false);
            }

            context.UpdateTarget(Panel());
        });
    }

    public void Show(TrainEvent happened)
    {
        lock (gate)
        {
            progress.Take(happened);
            switch (happened)
            {
                case Progressed now:
                    (doing, work) = (now.What, (now.Done, now.Total));
                    break;
                case StepDone step:
                    (doing, work) = ("training", default);
                    losses.Add(step.Loss);
                    break;
                case Noted note:
                    notes.Add(note.Text);
                    break;
                case CheckpointSaved saved:
                    lastSaved = saved.Folder;
                    break;
            }
        }
    }

    private readonly List<string> notes = [];
    private string? lastSaved;

    public void Close()
    {
        closed.TrySetResult();
        drawing.GetAwaiter().GetResult();
    }

    private Rows Panel()
    {
        lock (gate)
        {
            var lines = new List<IRenderable>();
            var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
            if (progress.Last is { } last)
            {
                double share = progress.Steps == 0 ? 0 : last.Step / (double)progress.Steps;
                grid.AddRow(new Markup("[bold]step[/]"), new Markup($"{Bar(share)} {last.Step}/{progress.Steps}  epoch {last.Epoch:F2}{(progress.Left is { } left ? $"  [bold]{TrainProgress.Time(left)} left[/]" : "")}"));
                grid.AddRow(new Markup("[bold]loss[/]"), new Markup($"{last.Loss:F4}  [grey]mean of the last steps {progress.Loss:F4}[/]"));
                grid.AddRow(new Spectre.Console.Text(""), new Markup($"[blue]{Curve()}[/]"));
                grid.AddRow(new Markup("[bold]rate[/]"), new Markup($"{last.LearningRate:G3}  [grey]gradient norm {last.GradNorm:F2}[/]"));
                grid.AddRow(new Markup("[bold]speed[/]"), new Markup($"{progress.TokensPerSecond:F0} tokens/s  [grey]{progress.PeakShare:P0} of the machine's matrix-product peak[/]"));
                grid.AddRow(new Markup("[bold]memory[/]"), new Markup($"{last.ResidentBytes / (1 << 20)} MiB"));
            }

            if (progress.Measured is { } measured)
            {
                grid.AddRow(new Markup("[bold]validation[/]"), new Markup($"{measured.ValidationLoss:F4} at step {measured.Step}{(measured.IsBest ? " [green]best so far[/]" : "")}"));
            }

            if (lastSaved is not null)
            {
                grid.AddRow(new Markup("[bold]saved[/]"), new Spectre.Console.Text(lastSaved));
            }

            grid.AddRow(new Markup("[bold]now[/]"), new Spectre.Console.Text(work.Total > 0 ? $"{doing}: {work.Done} of {work.Total}" : doing));
            lines.Add(grid);
            lines.AddRange(notes.Select(note => new Markup($"[yellow]note:[/] {Markup.Escape(note)}")));
            return new Rows(lines);
        }
    }

    private string Curve()
    {
        int points = Math.Min(CurveWidth, losses.Count);
        double[] means = [.. Enumerable.Range(0, points).Select(point => losses[(int)((long)point * losses.Count / points)..(int)((point + 1L) * losses.Count / points)].Average())];
        double low = means.Min(), high = means.Max();
        return string.Concat(means.Select(mean => Bars[high > low ? (int)Math.Min(Bars.Length - 1, (mean - low) / (high - low) * Bars.Length) : 0]));
    }

    private static string Bar(double share)
    {
        const int Width = 30;
        int full = (int)(share * Width);
        return $"[green]{new string('━', full)}[/][grey]{new string('━', Width - full)}[/] {share:P0}";
    }
}
