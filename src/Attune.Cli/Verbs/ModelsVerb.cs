using System.CommandLine;
using System.Text.Json;
using Attune.Cli.Terminal;
using Attune.Models;
using Attune.Tuning;

namespace Attune.Cli.Verbs;

/// <summary><c>attune models</c>: what can be opened.</summary>
internal static class ModelsVerb
{
    public static Command Create(Screen screen)
    {
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var command = new Verb("models", "List the models that come with Attune, and the families and tuning methods that it knows.",
            [
                "attune models",
                "attune models --json",
            ]) { json };
        command.SetAction(parsed =>
        {
            string[] builtin = [.. BuiltinModels.Names.Select(name => "builtin:" + name)];
            if (parsed.GetValue(json))
            {
                screen.Line(JsonSerializer.Serialize(new { builtin, families = ModelFamilies.Names, methods = TuningMethods.Names }));
                return (int)ExitCode.Done;
            }

            screen.Line($"built in:  {(builtin.Length == 0 ? "none" : string.Join(", ", builtin))}");
            screen.Line($"families:  {string.Join(", ", ModelFamilies.Names)} (config.json's model_type, or a .gguf file's architecture)");
            screen.Line($"methods:   {string.Join(", ", TuningMethods.Names)}");
            screen.Line("A model is named by its folder, its .gguf file, or its id on the hub, such as HuggingFaceTB/SmolLM2-135M-Instruct.");
            return (int)ExitCode.Done;
        });
        return command;
    }
}
