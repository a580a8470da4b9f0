using System.CommandLine;
using Attune.Cli.Terminal;
using Attune.Hub;
using Attune.Models;
using Attune.Recipes;
using Attune.Tasks;
using Attune.Training;
using Attune.Tuning;

namespace Attune.Cli.Verbs;

/// <summary>
/// What an argument names that is to be talked to, measured or merged: a run, an adapter's folder, or a model by path, hub id or built-in name.
/// </summary>
/// <param name="Name">The argument.</param>
/// <param name="ModelPath">The model that answers, where an adapter is added to it; a folder or a .gguf file.</param>
/// <param name="AdapterFolder">The adapter on it; null: none.</param>
/// <param name="BaseSource">Where a tuned model came from, to compare with; null: it is no tuned one.</param>
/// <param name="Recipe">The run's recipe; null: no run.</param>
internal sealed record RunOrModel(string Name, string ModelPath, string? AdapterFolder, string? BaseSource, Recipe? Recipe)
{
    /// <summary>The argument, as every verb takes it.</summary>
    public static Argument<string> Argument() => new("MODEL|RUN")
    {
        Description = "A run folder, an adapter's folder, a model folder, a .gguf file, builtin:tiny or a hub id.",
    };

    /// <summary><c>--adapter</c>, as every verb takes it.</summary>
    public static Option<string> AdapterOption() => new("--adapter") { Description = "A LoRA adapter in PEFT's layout to put on the model.", HelpName = "FOLDER" };

    /// <summary><c>--precision</c>, as every verb that computes takes it.</summary>
    public static Option<string?> PrecisionOption() => new("--precision")
    {
        Description = "What is computed in: auto, float32 or bfloat16; default: a run's recipe's, else auto, which is the checkpoint's own type where the processor has it.",
        HelpName = "TYPE",
    };

    /// <summary>What <c>--precision</c> says; null: nothing.</summary>
    /// <exception cref="AttuneException">There is no such precision.</exception>
    public static Precision? PrecisionOf(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is not { } word ? null
        : ModelOptions.PrecisionOf(word) ?? throw new AttuneException(ExitCode.Usage, null, $"--precision {word} is not there", "known are auto, float32 and bfloat16");

    /// <summary>What was asked to be computed in; null: nobody asked.</summary>
    public Precision? Wanted { get; init; }

    /// <summary>What belongs to the model, its weights apart; opened once.</summary>
    public ModelText Text => text ??= ModelText.Open(ModelPath).For(AdapterFolder);

    private ModelText? text;

    /// <summary>Finds it; a hub id is fetched.</summary>
    /// <param name="screen">Told of downloads.</param>
    /// <param name="name">The argument.</param>
    /// <param name="adapter">A folder that was given with it; null: none.</param>
    /// <param name="baseModel">The base model of an adapter that was given with it; null: the one that the adapter names.</param>
    /// <param name="cancel">Stops a download.</param>
    /// <exception cref="AttuneException">There is nothing of that name, or the run is not finished.</exception>
    public static async Task<RunOrModel> FindAsync(Screen screen, string name, string? adapter = null, string? baseModel = null, CancellationToken cancel = default)
    {
        var found = await LocateAsync(screen, name, adapter, baseModel, cancel).ConfigureAwait(false);
        ModelText.RequireFamily(found.ModelPath);
        return found;
    }

    private static async Task<RunOrModel> LocateAsync(Screen screen, string name, string? adapter, string? baseModel, CancellationToken cancel)
    {
        var progress = new Downloads(screen);
        if (File.Exists(Path.Combine(name, "plan.json")))
        {
            return await OfRunAsync(RunFolder.Open(name), name, adapter, progress, cancel).ConfigureAwait(false);
        }

        if (AdapterFiles.IsAdapter(name))
        {
            string source = baseModel ?? AdapterFiles.BaseModel(name);
            return new RunOrModel(name, await ModelSources.FindAsync(source, null, progress, cancel).ConfigureAwait(false), adapter ?? name, source, null);
        }

        string path = await ModelSources.FindAsync(name, null, progress, cancel).ConfigureAwait(false);
        return new RunOrModel(name, path, adapter, adapter is null ? null : name, null);
    }

    /// <summary>Whether it gives texts labels.</summary>
    public bool IsClassifier => Recipe is null ? Text.IsClassifier : Recipe.Task == TextClassification.Name;

    /// <summary>Opens the model, without the adapter but with the classifier that it was trained with.</summary>
    /// <param name="together">Rows that it will go on with together: for many of them a GGUF file's weights are dequantised.</param>
    public OpenModel Open(int together = 1)
    {
        var type = Compute;
        return Text.Load(type, together > Nn.QuantizedWeight.FewRows ? type : null, seed: Recipe?.Train.Seed ?? 0);
    }

    /// <summary>Opens the model with the adapter acting on it, where there is one.</summary>
    /// <param name="method">What holds the adapter; null: there is none.</param>
    /// <param name="together">As in <see cref="Open"/>.</param>
    public OpenModel OpenTuned(out ITuningMethod? method, int together = 1)
    {
        var model = Open(together);
        try
        {
            method = AdapterFolder is null ? null : TuningMethods.Open(AdapterFolder, model.Weights, model.Text.Notices);
            if (method is null && model.Begun.Count > 0 && model.Weights is EncoderModel { Classifier: not null })
            {
                model.Text.Notices.Add("random-weights", n => $"{Words.Count(n, "parameter")} {Words.Of(n, "is", "are")} not in the checkpoint and {Words.Of(n, "begins", "begin")} with random numbers: "
                    + "the labels mean nothing", string.Join(", ", model.Begun.Order(StringComparer.Ordinal).Take(3)), "train the model first", model.Begun.Count);
            }

            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>What it is computed in: as the user says, else as a run's recipe says, else as the checkpoint is.</summary>
    public TorchSharp.torch.ScalarType Compute
    {
        get
        {
            var precision = Wanted ?? Precision.Auto;
            return precision == Precision.Auto && Recipe is { } recipe ? ComputeTypes.Of(recipe.Model.Precision) : ComputeTypes.Of(precision, Text.StoredType);
        }
    }

    private static async Task<RunOrModel> OfRunAsync(RunFolder run, string name, string? adapter, IProgress<HubProgress> progress, CancellationToken cancel)
    {
        var recipe = Recipe.Load(run.Recipe, names: KnownNames.All);
        if (adapter is null && Directory.Exists(run.Model))
        {
            return new RunOrModel(name, run.Model, null, recipe.Model.Source, recipe);
        }

        if (adapter is null && !Directory.Exists(run.Adapter))
        {
            throw new AttuneException(ExitCode.MissingInput, name, "the run is not finished: it has neither adapter/ nor model/", $"go on with `attune resume {name}`");
        }

        string source = recipe.Model.Source
            ?? throw new AttuneException(ExitCode.Usage, run.Recipe, "the run began with a new model, so there is no base model to put an adapter on");
        string path = await ModelSources.FindAsync(source, recipe.Model.Revision, progress, cancel).ConfigureAwait(false);
        return new RunOrModel(name, path, adapter ?? run.Adapter, source, recipe);
    }
}
