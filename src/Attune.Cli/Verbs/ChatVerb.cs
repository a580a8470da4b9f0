using System.CommandLine;
using Attune.Cli.Terminal;
using Attune.Generation;
using Attune.Native;
using Spectre.Console;

namespace Attune.Cli.Verbs;

/// <summary><c>attune chat</c>: a conversation with a model, or with a tuned one and its base side by side.</summary>
internal static class ChatVerb
{
    private const int DefaultMaxNewTokens = 512;

    public static Command Create(Screen screen)
    {
        var model = RunOrModel.Argument();
        var adapter = RunOrModel.AdapterOption();
        var precision = RunOrModel.PrecisionOption();
        var system = new Option<string?>("--system") { Description = "A system message at the beginning.", HelpName = "TEXT" };
        var compare = new Option<bool>("--compare") { Description = "The base model's reply beside the tuned one's." };
        var settings = new GenerationSettings();
        var command = new Verb("chat", "Talk with a model. /help shows what can be typed besides messages; piped input is a message a line.",
            [
                "attune chat runs/coach",
                "attune chat runs/coach --compare --temperature 0",
                "attune chat SmolLM2-135M-Instruct.Q4_1.gguf --system 'Answer in one sentence.'",
            ]) { model, adapter, precision, system, compare };
        foreach (var option in settings.All)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancel) =>
        {
            Libtorch.Load();
            var found = await RunOrModel.FindAsync(screen, parsed.GetValue(model)!, parsed.GetValue(adapter), cancel: cancel).ConfigureAwait(false) with { Wanted = RunOrModel.PrecisionOf(parsed, precision) };
            ModelUses.Require(ModelUse.Chat, found.Name, found.Text);
            bool both = parsed.GetValue(compare);
            if (both && found.BaseSource is null)
            {
                throw new AttuneException(ExitCode.Usage, found.Name, "there is nothing to compare: it is neither a run nor has an adapter", "give a run folder, or --adapter");
            }

            using var tuned = found.OpenTuned(out var method);
            using var attached = method;
            var options = settings.Read(parsed, tuned, DefaultMaxNewTokens);
            NoticeLines.Write(screen, tuned.Text.Notices.All);
            using var engine = new Engine(tuned);
            var notices = new NewNotices(screen);
            var conversation = new Conversation(tuned, engine, options, parsed.GetValue(system), notices);
            if (!both)
            {
                await new ChatScreen(screen, conversation, null).RunAsync(cancel).ConfigureAwait(false);
                return (int)ExitCode.Done;
            }

            // A base of its own: what tuning added may reach into any part of the model.
            var other = await RunOrModel.FindAsync(screen, found.BaseSource!, cancel: cancel).ConfigureAwait(false);
            using var untuned = (other with { Recipe = found.Recipe, Wanted = found.Wanted }).Open();
            using var baseEngine = new Engine(untuned);
            var before = new Conversation(untuned, baseEngine, options, parsed.GetValue(system), notices);
            await new ChatScreen(screen, conversation, before).RunAsync(cancel).ConfigureAwait(false);
            return (int)ExitCode.Done;
        });
        return command;
    }
}
