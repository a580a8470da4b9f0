using System.CommandLine;
using Attune.Cli.Terminal;

namespace Attune.Cli.Verbs;

/// <summary><c>attune completions</c>: a script that completes verbs, options and files in a shell.</summary>
internal static class CompletionsVerb
{
    public static Command Create(Screen screen)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Verb("completions", "Print a script that completes attune's verbs and options in a shell.",
            [
                "source <(attune completions bash)",
                "attune completions fish > ~/.config/fish/completions/attune.fish",
            ]) { shell };
        command.SetAction(parsed =>
        {
            var verbs = command.Parents.OfType<Command>().Single().Subcommands.Where(verb => !verb.Hidden).ToList();
            screen.Line(parsed.GetValue(shell) switch
            {
                "fish" => Fish(verbs),
                "zsh" => "autoload -U +X bashcompinit && bashcompinit\n" + Bash(verbs),
                _ => Bash(verbs),
            });
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static string Bash(IReadOnlyList<Command> verbs)
    {
        string cases = string.Concat(verbs.Select(verb => $"    {verb.Name}) words=\"{string.Join(' ', Words(verb))}\" ;;\n"));
        return $$"""
            _attune() {
              local words current="${COMP_WORDS[COMP_CWORD]}"
              if [ "$COMP_CWORD" -eq 1 ]; then
                words="{{string.Join(' ', verbs.Select(verb => verb.Name))}} --help --version"
              else
                case "${COMP_WORDS[1]}" in
            {{cases}}    esac
              fi
              COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -o default -F _attune attune
            """;
    }

    private static string Fish(IReadOnlyList<Command> verbs) => string.Join('\n', verbs.SelectMany(verb => Fish(verb)));

    private static IEnumerable<string> Fish(Command verb)
    {
        yield return $"complete -c attune -n __fish_use_subcommand -f -a {verb.Name} -d '{Quoted(verb.Description)}'";
        foreach (var sub in verb.Subcommands)
        {
            yield return $"complete -c attune -n '__fish_seen_subcommand_from {verb.Name}' -f -a {sub.Name} -d '{Quoted(sub.Description)}'";
        }

        foreach (var option in verb.Options.Concat(verb.Subcommands.SelectMany(sub => sub.Options)).DistinctBy(option => option.Name).Where(option => option.Name.StartsWith("--", StringComparison.Ordinal)))
        {
            string wants = option.ValueType == typeof(bool) ? "" : " -r";
            yield return $"complete -c attune -n '__fish_seen_subcommand_from {verb.Name}' -l {option.Name[2..]}{wants} -d '{Quoted(option.Description)}'";
        }
    }

    private static IEnumerable<string> Words(Command verb) => verb.Subcommands.Select(sub => sub.Name)
        .Concat(verb.Options.Concat(verb.Subcommands.SelectMany(sub => sub.Options)).Select(option => option.Name).Distinct()).Append("--verbose");

    private static string Quoted(string? text) => (text ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
}
