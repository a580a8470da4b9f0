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
            BatchVerb.Create(screen),
            PredictVerb.Create(screen),
            EmbedVerb.Create(screen),
            ChatVerb.Create(screen),
            MergeVerb.Create(screen),
            ExportVerb.Create(screen),
            ModelsVerb.Create(screen),
            DataVerb.Create(screen),
            TokenizerVerb.Create(screen),
            VerifyVerb.Create(screen),
            TortureVerb.Create(screen),
            DoctorVerb.Create(screen),
            CompletionsVerb.Create(screen),
        };
        return root;
    }

    /// <summary>Parses and runs.</summary>
    public static async Task<ExitCode> RunAsync(string[] args, Screen screen)
    {
        var parsed = Create(screen).Parse(args);
        if (args.Length == 0)
        {
            await Create(screen).Parse("--help").InvokeAsync();
            return ExitCode.Usage;
        }

        if (parsed.Errors.Count > 0)
        {
            Refuse(parsed, screen);
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

    /// <summary>Says what of a command line is not known, with the nearest name of what is.</summary>
    private static void Refuse(ParseResult parsed, Screen screen)
    {
        var command = parsed.CommandResult.Command;
        string words = string.Join(' ', Ancestors(command).Reverse().Select(parent => parent.Name));
        var unknown = parsed.UnmatchedTokens;
        if (command.Subcommands.Count > 0)
        {
            string[] verbs = [.. command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name)];
            screen.Error(unknown.Count == 0 ? $"{words} needs a verb; known are: {string.Join(", ", verbs)}" : $"{words} has no {unknown[0]}; {NearestName.Hint(unknown[0], verbs)}");
        }
        else
        {
            string[] options = [.. Ancestors(command).SelectMany(parent => parent.Options.Where(option => parent == command || option.Recursive)).Select(option => option.Name).Distinct()];
            string[] wrong = [.. unknown.Where(token => token.StartsWith('-'))];
            foreach (string token in wrong)
            {
                screen.Error($"{words} has no option {token}; {NearestName.Hint(token, options)}");
            }

            // What follows an option that is not known is probably its value.
            foreach (var error in parsed.Errors.Where(error => wrong.Length == 0 || !unknown.Any(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal))))
            {
                screen.Error(error.Message.TrimEnd('.'));
            }
        }

        screen.Error($"`{words} --help` shows what it takes", isHint: true);
    }

    private static IEnumerable<Command> Ancestors(Command command) => command.Parents.OfType<Command>().SelectMany(Ancestors).Prepend(command);

    private static void ShowTrace(ParseResult parsed, Screen screen, Exception e)
    {
        if (parsed.GetValue(Verbose))
        {
            screen.Error(e.ToString(), isHint: true);
        }
    }
}
