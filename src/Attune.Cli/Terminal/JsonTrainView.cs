using System.Text.Json;
using Attune.Training;

namespace Attune.Cli.Terminal;

/// <summary>One JSON object an event, on the output stream.</summary>
internal sealed class JsonTrainView(Screen screen) : ITrainView
{
    private readonly TrainProgress progress = new();

    public void Show(TrainEvent happened)
    {
        progress.Take(happened);
        if (happened is not Progressed && (happened is not StepDone step || progress.IsLogged(step, true)))
        {
            screen.Line(JsonSerializer.Serialize(happened, TrainEventJson.Default.TrainEvent));
        }
    }

    public void Close()
    {
    }
}
