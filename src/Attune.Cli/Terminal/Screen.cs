using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>Where results go (the output stream) and where progress and errors go (the error stream), in colour only on a terminal.</summary>
internal sealed class Screen : IDisposable
{
    /// <summary>Creates the process's own.</summary>
    public Screen()
        : this(Console.Out, Console.Error, Console.IsOutputRedirected, Console.IsErrorRedirected)
    {
    }

    private Screen(TextWriter output, TextWriter error, bool outputIsFile, bool errorIsFile)
    {
        Out = Make(output, outputIsFile);
        Progress = Make(error, errorIsFile);
        IsInteractive = !errorIsFile;
    }

    /// <summary>Results.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>Progress and errors.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>Whether progress is seen on a terminal, where a line may be drawn again.</summary>
    public bool IsInteractive { get; }

    /// <summary>A line of results, as it is.</summary>
    public void Line(string text = "") => Out.Profile.Out.Writer.WriteLine(text);

    /// <summary>A part of a line of results, as it is, seen at once.</summary>
    public void Write(string text)
    {
        Out.Profile.Out.Writer.Write(text);
        Out.Profile.Out.Writer.Flush();
    }

    /// <summary>An error, or a hint below one.</summary>
    public void Error(string text, bool isHint = false)
    {
        if (isHint)
        {
            Progress.MarkupLineInterpolated($"  [grey]{text}[/]");
        }
        else
        {
            Progress.MarkupLineInterpolated($"[red]error:[/] {text}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Out.Profile.Out.Writer.Flush();

    private static IAnsiConsole Make(TextWriter writer, bool isFile)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isFile ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isFile ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = isFile ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (isFile)
        {
            console.Profile.Width = 4000; // A log's lines are not broken.
        }

        return console;
    }
}
