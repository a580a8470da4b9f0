using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Attune.Models;
using Attune.Native;
using Attune.Text;
using Attune.Tuning;
using static TorchSharp.torch;

namespace Attune.Generation;

/// <summary>
/// Generates text with a language model: greedy, sampled or by beams, several prompts together, as a whole or token by token. Requests may
/// come from any thread; they are answered one after the other on the engine's own.
/// </summary>
public sealed class Engine : IDisposable
{
    private readonly LanguageModel model;
    private readonly Tokenizer? tokenizer;
    private readonly AdapterSet? adapters;
    private readonly EngineThread thread = new();
    private readonly CancellationTokenSource closing = new();

    /// <summary>Creates an engine for a model, which stays the caller's.</summary>
    /// <param name="model">The model; nothing else may use it while a request is answered.</param>
    /// <param name="tokenizer">Its tokenizer, needed for stop strings and text; null: tokens only.</param>
    /// <param name="adapters">The adapters that a request may name; null: none.</param>
    public Engine(LanguageModel model, Tokenizer? tokenizer = null, AdapterSet? adapters = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
        this.tokenizer = tokenizer;
        this.adapters = adapters;
    }

    /// <summary>Creates an engine for a model with its tokenizer, which stay the caller's.</summary>
    /// <param name="model">The model; nothing else may use it while a request is answered.</param>
    /// <param name="adapters">The adapters that a request may name; null: none.</param>
    public Engine(OpenModel model, AdapterSet? adapters = null)
        : this((model ?? throw new ArgumentNullException(nameof(model))).Model, model.Tokenizer, adapters)
    {
    }

    /// <summary>Generates behind several prompts together.</summary>
    /// <param name="prompts">The prompts' tokens, of any lengths.</param>
    /// <param name="options">How.</param>
    /// <param name="onToken">Told of each token as it is chosen, on the engine's thread: it must be quick and must not wait for the engine. With beams it is told at the end.</param>
    /// <param name="cancellationToken">Stops between two tokens.</param>
    /// <returns>For every prompt its sequences, num_return_sequences of them, with beams best first.</returns>
    /// <exception cref="AttuneException">Options or prompts that cannot be honoured, or a model whose numbers are broken.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<GeneratedSequence>>> GenerateAsync(
        IReadOnlyList<IReadOnlyList<int>> prompts, GenerationOptions options, Action<GeneratedToken>? onToken = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        ObjectDisposedException.ThrowIf(closing.IsCancellationRequested, this);
        options.Check();
        CheckAdapter(options.Adapter);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closing.Token);
        var request = new Request(model, prompts, options, Stops(options), onToken, cancel.Token);
        Team.Release(); // The engine's thread works next.
        return await thread.Run(() => Answer(request), cancel.Token).ConfigureAwait(false);
    }

    /// <summary>Generates behind one prompt, token by token.</summary>
    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="options">How; one sequence.</param>
    /// <param name="cancellationToken">Stops between two tokens; so does leaving the enumeration early.</param>
    /// <returns>The tokens; the last one says why it is the last.</returns>
    /// <exception cref="AttuneException">As in <see cref="GenerateAsync"/>.</exception>
    public async IAsyncEnumerable<GeneratedToken> StreamAsync(
        IReadOnlyList<int> prompt, GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.NumReturnSequences != 1)
        {
            throw new AttuneException(ExitCode.Usage, null, $"a stream is of one sequence (num_return_sequences is {options.NumReturnSequences})");
        }

        var tokens = Channel.CreateUnbounded<GeneratedToken>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answer = Complete();
        try
        {
            await foreach (var token in tokens.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return token;
            }

            await answer.ConfigureAwait(false);
        }
        finally
        {
            await left.CancelAsync().ConfigureAwait(false);
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task Complete()
        {
            try
            {
                await GenerateAsync([prompt], options, token => tokens.Writer.TryWrite(token), left.Token).ConfigureAwait(false);
            }
            finally
            {
                tokens.Writer.Complete();
            }
        }
    }

    /// <summary>Generates text behind one prompt, as it comes: whole characters only, without end tokens and stop strings.</summary>
    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="options">How; one sequence.</param>
    /// <param name="continues">Whether the text goes on from the prompt's, so that a space between them is kept; else it stands by itself, as a reply does.</param>
    /// <param name="cancellationToken">Stops between two tokens; so does leaving the enumeration early.</param>
    /// <returns>Pieces of the text; the last one, perhaps empty, says why it ends.</returns>
    /// <exception cref="AttuneException">As in <see cref="GenerateAsync"/>.</exception>
    public async IAsyncEnumerable<GeneratedText> StreamTextAsync(
        IReadOnlyList<int> prompt, GenerationOptions options, bool continues = false, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        var text = new RunningText(tokenizer ?? throw NeedsTokenizer("text"), options.StopStrings, continues ? prompt : []);
        int tokens = 0;
        await foreach (var token in StreamAsync(prompt, options, cancellationToken).ConfigureAwait(false))
        {
            tokens++;
            string piece = token.Finish == FinishReason.EndToken ? "" : text.Push(token.Id);
            piece += token.Finish is null ? "" : text.Finish();
            if (piece.Length > 0 || token.Finish is not null)
            {
                yield return new GeneratedText(piece, tokens, token.Finish);
            }
        }
    }

    /// <summary>Stops what runs and ends the engine's thread. The model stays open.</summary>
    public void Dispose()
    {
        // The source of cancellation is only marked: requests that are on their way may still ask for it.
        closing.Cancel();
        thread.Dispose();
    }

    private IReadOnlyList<IReadOnlyList<GeneratedSequence>> Answer(Request request)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        try
        {
            adapters?.Use(request.Options.Adapter is { } name ? [name] : []);
            return request.Options.NumBeams > 1 ? BeamSearch.Run(model, request) : TokenByToken.Run(model, request);
        }
        catch (ExternalException e)
        {
            throw TorchError.Of(e);
        }
        finally
        {
            adapters?.Use();
            Team.Release();
        }
    }

    private void CheckAdapter(string? name)
    {
        if (name is not null && adapters?.Names.Contains(name) is not true)
        {
            throw new AttuneException(ExitCode.Usage, null, $"there is no adapter \"{name}\"",
                adapters is { Names.Count: > 0 } ? NearestName.Hint(name, adapters.Names) : "the model was opened without adapters");
        }
    }

    private StopStrings? Stops(GenerationOptions options) => options.StopStrings.Count == 0 ? null
        : tokenizer is not null ? new StopStrings(tokenizer, options.StopStrings)
        : throw NeedsTokenizer("stop_strings");

    private static AttuneException NeedsTokenizer(string what) => new(ExitCode.Usage, null, $"{what} cannot be had without the model's tokenizer", "give it to the engine");
}
