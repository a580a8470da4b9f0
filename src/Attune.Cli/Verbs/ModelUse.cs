using Attune.Models;

namespace Attune.Cli.Verbs;

/// <summary>What a verb wants of a model.</summary>
internal enum ModelUse
{
    /// <summary>That it talks: it writes text and has a chat template.</summary>
    Chat,

    /// <summary>That it writes text.</summary>
    Write,

    /// <summary>That it gives texts labels.</summary>
    Label,

    /// <summary>That it gives texts embeddings.</summary>
    Embed,

    /// <summary>That something of it can be measured: text that it writes, or labels.</summary>
    Measure,
}

/// <summary>Refuses a model that a verb can do nothing with, before a weight is read, and names the verb that fits.</summary>
internal static class ModelUses
{
    /// <summary>Refuses it, or does nothing.</summary>
    /// <param name="use">What the verb wants.</param>
    /// <param name="name">What the user called the model.</param>
    /// <param name="text">The model.</param>
    /// <exception cref="AttuneException">It is of another kind.</exception>
    public static void Require(ModelUse use, string name, ModelText text)
    {
        string kind = $"({text.Config.ModelType})";
        if (text.IsClassifier)
        {
            if (use is ModelUse.Chat or ModelUse.Write)
            {
                throw Refuse($"is a classifier {kind}: it gives texts labels and writes no text", $"use `attune predict {name} FILE`");
            }
        }
        else if (text.IsLanguageModel)
        {
            RequireOfWriter(use, name, text, kind);
        }
        else if (use is ModelUse.Label)
        {
            throw Refuse($"is no classifier but an encoder without labels {kind}", $"use `attune embed {name} FILE --output embeddings.jsonl`, or train it with `task: text-classification`");
        }
        else if (use is ModelUse.Measure)
        {
            throw Refuse($"is an encoder without labels {kind}: there is nothing to measure", "train it with `task: text-classification`, or use `attune embed`");
        }
        else if (use is not ModelUse.Embed)
        {
            throw Refuse($"is an encoder {kind}, which writes no text", $"use `attune embed {name} FILE --output embeddings.jsonl`, or train it with `task: text-classification` and use `attune predict`");
        }

        AttuneException Refuse(string problem, string cure) => new(ExitCode.Usage, name, problem, cure);
    }

    private static void RequireOfWriter(ModelUse use, string name, ModelText text, string kind)
    {
        string verb = text.Template is null ? "generate" : "chat";
        switch (use)
        {
            case ModelUse.Chat when text.Template is null:
                throw new AttuneException(ExitCode.BadData, name, "the model has no chat template, so it cannot chat",
                    $"use `attune generate {name} \"…\"`, which goes on from plain text, or use a chat model (their names often end in -Instruct or -Chat)");
            case ModelUse.Label:
                throw new AttuneException(ExitCode.Usage, name, $"is no encoder but a language model {kind}: it gives no labels",
                    $"use `attune {verb} {name}`, or train an encoder with `task: text-classification`");
            case ModelUse.Embed:
                throw new AttuneException(ExitCode.Usage, name, $"is no encoder but a language model {kind}: it gives no embeddings",
                    $"use `attune {verb} {name}`, or take an encoder such as sentence-transformers/all-MiniLM-L6-v2");
            default:
                return;
        }
    }
}
