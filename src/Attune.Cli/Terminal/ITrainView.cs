using Attune.Training;

namespace Attune.Cli.Terminal;

/// <summary>Shows a run to a person or a program.</summary>
internal interface ITrainView
{
    /// <summary>Shows what happened.</summary>
    void Show(TrainEvent happened);

    /// <summary>Ends the view.</summary>
    void Close();
}
