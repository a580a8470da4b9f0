using System.CommandLine;
using Attune.Cli.Terminal;
using Attune.Training;

namespace Attune.Cli.Verbs;

/// <summary><c>attune resume</c>: goes on with a run that was stopped or killed.</summary>
internal static class ResumeVerb
{
    public static Command Create(Screen screen)
    {
        var run = new Argument<string>("RUN") { Description = "The run folder." };
        var json = new Option<bool>("--json") { Description = "Events as one JSON object a line instead of the view." };
        var command = new Verb("resume", "Go on with a run that was stopped or killed; the result has the same bits as if it had never stopped.",
            [
                "attune resume runs/counsel",
            ]) { run, json };
        command.SetAction((parsed, cancel) => TrainVerb.WatchAsync(screen, parsed.GetValue(json), (listener, stop) => Trainer.ResumeAsync(parsed.GetValue(run)!, listener, stop)));
        return command;
    }
}
