using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Attune.Cli;

/// <summary>A command whose help ends with examples that can be typed as they stand.</summary>
internal sealed class Verb : Command
{
    public Verb(string name, string description, IReadOnlyList<string> examples)
        : base(name, description)
    {
        var help = new HelpOption();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, examples);
        Options.Add(help);
    }

    private sealed class HelpWithExamples(HelpAction plain, IReadOnlyList<string> examples) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = plain.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in examples)
            {
                output.WriteLine("  " + example);
            }

            output.WriteLine();
            return code;
        }
    }
}
