using Attune.Data;
using Attune.Models;
using Attune.Tasks;

namespace Attune.Cli.Verbs;

/// <summary>What <c>attune init</c> finds out before it writes: about the rows, and about the model where that lies on this machine.</summary>
internal static class InitLook
{
    private const string Builtin = "builtin:";
    private const int NewEncoderPlaces = 512;

    /// <summary>Whether it is known how the task reads rows.</summary>
    /// <param name="task">The task; null: whichever the rows suit.</param>
    public static bool Knows(string? task) => task is null or ColumnGuess.Chat or ColumnGuess.Text or ColumnGuess.Classification;

    /// <summary>What is there of the rows; null: nothing yet.</summary>
    /// <param name="data">A file, a pattern or a folder.</param>
    /// <param name="task">The task; null: whichever the rows suit.</param>
    /// <exception cref="AttuneException">The data is there and cannot be read, or does not suit the task.</exception>
    public static DataSurvey? Survey(string data, string? task)
    {
        try
        {
            return DataSurvey.Of(data, task);
        }
        catch (AttuneException error) when (error.ExitCode == ExitCode.MissingInput && !File.Exists(data) && !Directory.Exists(data))
        {
            return null;
        }
    }

    /// <summary>The recipe with what was found.</summary>
    /// <param name="recipe">What the user said.</param>
    /// <param name="survey">What the rows are.</param>
    /// <param name="mayChoose">Whether the task was not named by the user.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="AttuneException">The data cannot be read.</exception>
    public static async Task<InitRecipe> FillAsync(InitRecipe recipe, DataSurvey survey, bool mayChoose, CancellationToken cancellation)
    {
        var warnings = new List<string>();
        var text = await OpenAsync(recipe.Model, warnings, cancellation).ConfigureAwait(false);
        int? newEncoder = null;
        string task = recipe.Task;
        if (text is not null && task == TextClassification.Name && !IsEncoder(text))
        {
            if (recipe.Model.StartsWith(Builtin, StringComparison.Ordinal))
            {
                newEncoder = text.Tokenizer.VocabularySize;
            }
            else if (mayChoose && text.Template is not null)
            {
                survey = DataSurvey.Of(recipe.Data, ColumnGuess.Chat);
                task = ColumnGuess.Chat;
                warnings.Add("the model writes text and is no encoder, so it learns to reply with the label; to classify, take an encoder such as google-bert/bert-base-uncased");
            }
            else
            {
                warnings.Add("mind: the model is no encoder, which this task needs; take one such as google-bert/bert-base-uncased");
            }
        }
        else if (text is not null && task != TextClassification.Name && IsEncoder(text))
        {
            warnings.Add("mind: the model is an encoder, which writes no text; take a language model");
        }
        else if (text is { Template: null } && task == ColumnGuess.Chat)
        {
            warnings.Add("mind: the model has no chat template, which this task needs; take a chat model");
        }

        if (survey.Labels.Count == 1)
        {
            warnings.Add("mind: all rows have the same label, so there is nothing to tell apart");
        }

        if (survey.Bad.Rows is [var bad, ..])
        {
            warnings.Add($"{Words.Count(survey.Bad.Rows.Count, "bad row")}, which training refuses until data.skip_bad allows so many; the first: {bad}");
        }

        warnings.AddRange(survey.Bad.Notices.All.Select(notice => notice.ToString()));
        int? places = newEncoder is null ? text?.Config.FindInt("max_position_embeddings|n_positions|n_ctx", 2) : NewEncoderPlaces;
        var advice = SurveyAdvice.Of(survey, text is null ? null : Lengths(text, task, survey.Sample), places);
        return recipe with { Task = task, NewEncoder = newEncoder, Survey = survey, Advice = advice, Warnings = warnings };
    }

    private static async Task<ModelText?> OpenAsync(string model, List<string> warnings, CancellationToken cancellation)
    {
        if (!model.StartsWith(Builtin, StringComparison.Ordinal) && !Directory.Exists(model) && !File.Exists(model))
        {
            return null;
        }

        try
        {
            return ModelText.Open(await ModelSources.FindAsync(model, null, null, cancellation).ConfigureAwait(false));
        }
        catch (AttuneException error)
        {
            warnings.Add($"mind: the model cannot be opened: {error.Message}");
            return null;
        }
    }

    private static bool IsEncoder(ModelText text)
    {
        try
        {
            using var shape = ModelFamilies.Create(text.Config);
            return shape is EncoderModel;
        }
        catch (AttuneException)
        {
            return false;
        }
    }

    // Rows that the model's template refuses are told by `attune plan`, with their places.
    private static List<int>? Lengths(ModelText text, string task, IReadOnlyList<Example> sample)
    {
        try
        {
            var encoder = TaskRegistry.Create(task).Encoder(text, int.MaxValue);
            List<int> lengths = [.. sample.SelectMany(example => encoder.Encode(example)).Select(row => row.Ids.Length)];
            return lengths.Count > 0 ? lengths : null;
        }
        catch (AttuneException)
        {
            return null;
        }
    }
}
