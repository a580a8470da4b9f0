using Attune.Models;

namespace Attune.Generation;

/// <summary>What is to be generated, checked: prompts that the model can read, options that make sense, and how long each sequence may become.</summary>
internal sealed class Request
{
    public Request(LanguageModel model, IReadOnlyList<IReadOnlyList<int>> prompts, GenerationOptions options, StopStrings? stops, Action<GeneratedToken>? onToken, CancellationToken cancel)
    {
        Prompts = [.. prompts.Select(prompt => prompt.ToArray())];
        Limits = [.. Prompts.Select((prompt, i) => Limit(model, prompt, i, options))];
        Options = options;
        Stops = stops;
        Seed = (ulong)(options.Seed ?? Random.Shared.NextInt64());
        OnToken = onToken;
        Cancel = cancel;
    }

    public IReadOnlyList<int[]> Prompts { get; }

    /// <summary>How many new tokens each prompt may get.</summary>
    public IReadOnlyList<int> Limits { get; }

    public GenerationOptions Options { get; }

    public StopStrings? Stops { get; }

    public ulong Seed { get; }

    public Action<GeneratedToken>? OnToken { get; }

    public CancellationToken Cancel { get; }

    private static int Limit(LanguageModel model, int[] prompt, int index, GenerationOptions options)
    {
        string place = $"prompt {index + 1}";
        if (prompt.Length == 0)
        {
            throw new AttuneException(ExitCode.BadData, place, "has no tokens", "begin with at least one token or word");
        }

        int room = model.MaxPositions - prompt.Length;
        if (room < 1)
        {
            throw new AttuneException(ExitCode.BadData, place, $"has {prompt.Length} tokens, but the model has places for {model.MaxPositions}, the reply included", "shorten the text or the conversation");
        }

        if (Array.FindIndex(prompt, id => id < 0 || id >= model.VocabularySize) is int wrong and >= 0)
        {
            throw new AttuneException(ExitCode.BadData, place, $"token {wrong + 1} is {prompt[wrong]}, but the model knows {model.VocabularySize} tokens", "use the model's own tokenizer");
        }

        int wanted = options.MaxNewTokens ?? (options.MaxLength is int total ? total - prompt.Length : room);
        return wanted > 0 ? Math.Min(wanted, room)
            : throw new AttuneException(ExitCode.Usage, place, $"has {prompt.Length} tokens, which leaves nothing of max_length {options.MaxLength}", "use max_new_tokens");
    }
}
