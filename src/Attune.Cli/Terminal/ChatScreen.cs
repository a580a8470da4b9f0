using System.Text;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>A conversation on a terminal, or by lines of a pipe: one model, or two side by side.</summary>
internal sealed class ChatScreen(Screen screen, Conversation tuned, Conversation? untuned)
{
    private const string Help = """
        /reset         forget what was said
        /system TEXT   begin anew under a system message (none: without one)
        /save FILE     add the conversation to a .jsonl file, as a row that can be trained on
        /help          this
        /exit          leave (so does the end of the input)
        """;

    private readonly bool isTyped = !Console.IsInputRedirected;

    /// <summary>Reads and replies until the end of the input.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        if (isTyped)
        {
            screen.Progress.MarkupLine("[grey]/help shows the commands; Ctrl-C stops a reply, or leaves[/]");
        }

        while (await ReadAsync(cancel).ConfigureAwait(false) is { } line)
        {
            if (line.Length == 0)
            {
                continue;
            }

            if (line[0] == '/')
            {
                if (!Obey(line))
                {
                    return;
                }
            }
            else
            {
                await SayAsync(line, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task<string?> ReadAsync(CancellationToken cancel)
    {
        if (isTyped)
        {
            screen.Progress.Markup("[bold]you>[/] ");
        }

        return (await Console.In.ReadLineAsync(cancel).ConfigureAwait(false))?.Trim();
    }

    /// <summary>False: leave.</summary>
    private bool Obey(string line)
    {
        string[] words = line.Split(' ', 2, StringSplitOptions.TrimEntries);
        string rest = words.Length > 1 ? words[1] : "";
        switch (words[0])
        {
            case "/exit" or "/quit":
                return false;
            case "/help":
                screen.Line(Help);
                break;
            case "/reset":
                tuned.Reset();
                untuned?.Reset();
                Note("forgotten");
                break;
            case "/system":
                string? system = rest.Length == 0 ? null : rest;
                tuned.Restart(system);
                untuned?.Restart(system);
                Note(system is null ? "begun anew without a system message" : "begun anew under this system message");
                break;
            case "/save":
                Save(rest);
                break;
            default:
                screen.Error($"there is no command {words[0]}; {NearestName.Hint(words[0], ["/exit", "/help", "/reset", "/save", "/system"])}");
                break;
        }

        return true;
    }

    private void Save(string path)
    {
        if (path.Length == 0)
        {
            screen.Error("/save wants a file: /save talk.jsonl");
        }
        else if (tuned.IsEmpty)
        {
            screen.Error("nothing was said yet");
        }
        else
        {
            try
            {
                File.AppendAllText(path, tuned.ToJsonLine() + "\n");
                Note($"added to {path}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                screen.Error($"{path}: cannot be written: {e.Message}");
            }
        }
    }

    private async Task SayAsync(string line, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        void Stop(object? sender, ConsoleCancelEventArgs pressed)
        {
            pressed.Cancel = true;
            stop.Cancel();
        }

        Console.CancelKeyPress += Stop;
        try
        {
            if (untuned is null)
            {
                await StreamAsync(line, stop.Token).ConfigureAwait(false);
            }
            else
            {
                await CompareAsync(line, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            screen.Line();
            Note("stopped; the conversation is as before your message");
        }
        catch (AttuneException e) when (isTyped)
        {
            screen.Error(e.Message); // A conversation that grew too long can be reset and gone on with.
        }
        finally
        {
            Console.CancelKeyPress -= Stop;
        }
    }

    private async Task StreamAsync(string line, CancellationToken cancel)
    {
        await foreach (string piece in tuned.ReplyAsync(line, cancel).ConfigureAwait(false))
        {
            screen.Write(piece);
        }

        screen.Line();
    }

    private async Task CompareAsync(string line, CancellationToken cancel)
    {
        string before = await WholeAsync(untuned!, line, cancel).ConfigureAwait(false);
        string after = await WholeAsync(tuned, line, cancel).ConfigureAwait(false);
        if (Console.IsOutputRedirected)
        {
            screen.Line($"base: {before}");
            screen.Line($"tuned: {after}");
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).Expand();
        table.AddColumn("base").AddColumn("tuned");
        table.AddRow(Markup.Escape(before), Markup.Escape(after));
        screen.Out.Write(table);
    }

    private static async Task<string> WholeAsync(Conversation conversation, string line, CancellationToken cancel)
    {
        var reply = new StringBuilder();
        await foreach (string piece in conversation.ReplyAsync(line, cancel).ConfigureAwait(false))
        {
            reply.Append(piece);
        }

        return reply.ToString().Trim();
    }

    private void Note(string text) => screen.Progress.MarkupLineInterpolated($"[grey]{text}[/]");
}
