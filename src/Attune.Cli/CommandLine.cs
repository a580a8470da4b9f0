using System.CommandLine;
using System.CommandLine.Help;
using Attune.Cli.Terminal;
using Attune.Cli.Verbs;

namespace Attune.Cli;

/// <summary>The verbs put together; errors become a line on the error stream and an exit code, never a stack trace without <c>--verbose</c>.</summary>
internal static class CommandLine
{
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Show where in the code an error came from.", Recursive = true };

    /// <summary>Every verb, in the order of <c>--help</c>.</summary>
    public static Command Create(Screen screen)
    {
        var root = new Command("attune", "Attune: fine-tuning for .NET. Takes an open pretrained model, your data and a recipe; gives an adapter or a model and a report that says whether it is better.")
        {
            new HelpOption(),
            new VersionOption(),
            Verbose,
            QuickstartVerb.Create(screen),
            InitVerb.Create(screen),
            TrainVerb.Create(screen),
            ResumeVerb.Create(screen),
            PlanVerb.Create(screen),
            EvaluateVerb.Create(screen),
            GenerateVerb.Create(screen),
            ChatVerb.Create(screen),
            MergeVerb.Create(screen),
            ExportVerb.Create(screen),
            ModelsVerb.Create(screen),
            DataVerb.Create(screen),
            TokenizerVerb.Create(screen),
            VerifyVerb.Create(screen),
            DoctorVerb.Create(screen),
            CompletionsVerb.Create(screen),
        };
        return root;
    }

    /// <summary>Parses and runs.</summary>
    public static async Task<ExitCode> RunAsync(string[] args, Screen screen)
    {
        var parsed = Create(screen).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                screen.Error(error.Message);
            }

            var words = parsed.CommandResult.Command.Parents.Any() ? "attune " + parsed.CommandResult.Command.Name : "attune";
            screen.Error($"`{words} --help` shows what it takes", isHint: true);
            return ExitCode.Usage;
        }

        try
        {
            return (ExitCode)await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (AttuneException e)
        {
            screen.Error(e.Message);
            ShowTrace(parsed, screen, e);
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            screen.Error("stopped");
            return ExitCode.TryAgain;
        }
#pragma warning disable CA1031 // The last place: what nobody foresaw is our mistake, told as such.
        catch (Exception e)
#pragma warning restore CA1031
        {
            screen.Error($"{e.GetType().Name}: {e.Message.Split('\n')[0]}");
            screen.Error("this is a mistake of Attune's own: run the command again with --verbose and report what it prints", isHint: true);
            ShowTrace(parsed, screen, e);
            return ExitCode.Internal;
        }
    }

    private static void ShowTrace(ParseResult parsed, Screen screen, Exception e)
    {
        if (parsed.GetValue(Verbose))
        {
            screen.Error(e.ToString(), isHint: true);
        }
    }
}
