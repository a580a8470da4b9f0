using System.Text.Json;
using Attune.Training;

namespace Attune.Cli.Terminal;

/// <summary>One JSON object an event, on the output stream.</summary>
internal sealed class JsonTrainView(Screen screen) : ITrainView
{
    public void Show(TrainEvent happened)
    {
        if (happened is not Progressed)
        {
            screen.Line(JsonSerializer.Serialize(happened, TrainEventJson.Default.TrainEvent));
        }
    }

    public void Close()
    {
    }
}
