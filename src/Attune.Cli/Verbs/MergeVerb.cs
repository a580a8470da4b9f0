using System.CommandLine;
using Attune.Cli.Terminal;
using Attune.Models;
using Attune.Native;
using Attune.Recipes;
using Spectre.Console;

namespace Attune.Cli.Verbs;

/// <summary><c>attune merge</c>: folds an adapter into its model.</summary>
internal static class MergeVerb
{
    public static Command Create(Screen screen)
    {
        var source = new Argument<string>("RUN|ADAPTER") { Description = "A run folder, or an adapter's folder in PEFT's layout." };
        var output = new Argument<string>("OUT") { Description = "The folder to write: a model in Hugging Face's layout." };
        var model = new Option<string?>("--model") { Description = "The base model of an adapter; default: the one that it names.", HelpName = "MODEL" };
        var command = new Verb("merge", "Fold an adapter into its model, and write a model folder that needs no adapter.",
            [
                "attune merge runs/coach models/coach",
                "attune merge my-adapter models/mine --model HuggingFaceTB/SmolLM2-135M-Instruct",
            ]) { source, output, model };
        command.SetAction(async (parsed, cancel) =>
        {
            Libtorch.Load();
            string target = parsed.GetValue(output)!;
            RequireEmpty(target);
            var found = await RunOrModel.FindAsync(screen, parsed.GetValue(source)!, null, parsed.GetValue(model), cancel).ConfigureAwait(false);
            if (found.AdapterFolder is null)
            {
                throw new AttuneException(ExitCode.Usage, found.Name, "has no adapter to fold in", Directory.Exists(found.ModelPath) ? $"the model is whole as it is: {found.ModelPath}" : null);
            }

            using var open = (found with { Recipe = null, Wanted = Precision.Float32 }).OpenTuned(out var method);
            using var attached = method;
            NoticeLines.Write(screen, open.Text.Notices);
            method!.Merge();
            ModelSaver.Save(open.Weights, target, open.Text.Config.DType is Formats.ElementType.BF16 ? TorchSharp.torch.ScalarType.BFloat16 : null);
            ModelTextFiles.Write(open.Text, target);
            screen.Progress.MarkupLineInterpolated($"[grey]{found.AdapterFolder} folded into {found.BaseSource}[/]");
            screen.Line(target);
            return (int)ExitCode.Done;
        });
        return command;
    }

    /// <summary>Refuses a folder with something in it, and a path that is a file.</summary>
    public static void RequireEmpty(string target)
    {
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new AttuneException(ExitCode.Usage, target, "is there already", "choose a folder that is new or empty");
        }
    }
}
