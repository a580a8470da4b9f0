using System.CommandLine;
using Attune.Cli.Terminal;
using Attune.Models;
using Attune.Native;
using Attune.Recipes;
using Spectre.Console;

namespace Attune.Cli.Verbs;

/// <summary><c>attune export</c>: a model as one file for other programs.</summary>
internal static class ExportVerb
{
    public static Command Create(Screen screen)
    {
        var source = RunOrModel.Argument();
        var output = new Argument<string>("OUT") { Description = "The .gguf file to write; any other name: a folder in Hugging Face's layout." };
        var adapter = RunOrModel.AdapterOption();
        var type = new Option<string>("--type") { Description = "The type of a .gguf file's weights: f32, f16, bf16 or q8_0.", HelpName = "TYPE", DefaultValueFactory = _ => "f16" };
        var command = new Verb("export", "Write a run or model, its adapter folded in, as a .gguf file with tokenizer and template inside, or as a Hugging Face folder.",
            [
                "attune export runs/coach coach.gguf --type q8_0",
                "attune export runs/coach models/coach",
            ]) { source, output, adapter, type };
        command.SetAction(async (parsed, cancel) =>
        {
            Libtorch.Load();
            string target = parsed.GetValue(output)!, wanted = parsed.GetValue(type)!;
            bool toFile = target.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);
            string ggufType = ModelSaver.GgufTypes.FirstOrDefault(name => name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                ?? throw new AttuneException(ExitCode.Usage, null, $"--type {wanted} is not there", $"known are {string.Join(", ", ModelSaver.GgufTypes.Order(StringComparer.Ordinal)).ToLowerInvariant()}");
            MergeVerb.RequireEmpty(target);
            var found = await RunOrModel.FindAsync(screen, parsed.GetValue(source)!, parsed.GetValue(adapter), cancel: cancel).ConfigureAwait(false);
            if (toFile && !found.Text.IsLanguageModel)
            {
                throw new AttuneException(ExitCode.Usage, target, $"GGUF files of encoders ({found.Text.Config.ModelType}) cannot be written yet", "save a folder instead: a name without .gguf");
            }

            using var open = (found with { Recipe = null, Wanted = Precision.Float32 }).OpenTuned(out var method);
            using var attached = method;
            method?.Merge();
            int told = NoticeLines.Write(screen, open.Text.Notices);
            if (toFile)
            {
                ModelSaver.SaveGguf(open.Model, target, ggufType, open.Text);
            }
            else
            {
                ModelSaver.Save(open.Weights, target);
                ModelTextFiles.Write(open.Text, target);
            }

            NoticeLines.Write(screen, open.Text.Notices, told);
            screen.Line(target);
            return (int)ExitCode.Done;
        });
        return command;
    }
}
