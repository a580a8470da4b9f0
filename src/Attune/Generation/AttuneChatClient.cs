using System.Runtime.CompilerServices;
using System.Text;
using Attune.Models;
using Attune.Tuning;
using Microsoft.Extensions.AI;

namespace Attune.Generation;

/// <summary>A model of Attune's as Microsoft.Extensions.AI's chat client. Options are honoured, or refused with a reason; none is passed over.</summary>
public sealed class AttuneChatClient : IChatClient
{
    private readonly OpenModel model;
    private readonly Engine engine;
    private readonly ChatClientMetadata metadata;
    private readonly GenerationOptions defaults;
    private readonly AdapterSet? adapters;
    private readonly ITuningMethod? ownAdapter;
    private readonly bool ownsModel;

    /// <summary>Creates a client for a model, which stays the caller's.</summary>
    /// <param name="model">A model with a chat template.</param>
    /// <param name="defaults">What holds where a request says nothing; null: what the model's files say.</param>
    /// <param name="adapters">The adapters that a request may name as its model id; null: none.</param>
    /// <exception cref="AttuneException">The model has no chat template.</exception>
    public AttuneChatClient(OpenModel model, GenerationOptions? defaults = null, AdapterSet? adapters = null)
        : this(model, defaults, adapters, null, ownsModel: false)
    {
    }

    private AttuneChatClient(OpenModel model, GenerationOptions? defaults, AdapterSet? adapters, ITuningMethod? ownAdapter, bool ownsModel)
    {
        ArgumentNullException.ThrowIfNull(model);
        _ = model.Template;
        this.model = model;
        this.adapters = adapters;
        this.ownAdapter = ownAdapter;
        this.ownsModel = ownsModel;
        defaults?.Check();
        this.defaults = defaults ?? GenerationOptions.Of(model);
        engine = new Engine(model, adapters);
        metadata = new ChatClientMetadata("attune", null, Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(model.Path)));
    }

    /// <summary>Opens a model, or an adapter with the model that it was made for, and creates a client that closes them when it is disposed.</summary>
    /// <param name="source">A model (a folder in Hugging Face's layout, a .gguf file, <c>builtin:tiny</c> or a hub id) or an adapter's folder in PEFT's layout.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <exception cref="AttuneException">There is nothing of that name, it cannot be opened, or it has no chat template.</exception>
    public static async Task<AttuneChatClient> OpenAsync(string source, CancellationToken cancellationToken = default)
    {
        string? adapter = AdapterFiles.IsAdapter(source) ? source : null;
        string path = await ModelSources.FindAsync(adapter is null ? source : AdapterFiles.BaseModel(adapter), null, null, cancellationToken).ConfigureAwait(false);
        var model = OpenModel.Open(path);
        ITuningMethod? method = null;
        try
        {
            method = adapter is null ? null : TuningMethods.Open(adapter, model.Model);
            return new AttuneChatClient(model, null, null, method, ownsModel: true);
        }
        catch
        {
            method?.Dispose();
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="AttuneException">An option or a message that cannot be honoured.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        var response = new ChatResponse();
        await foreach (var update in GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            text.Append(update.Text);
            (response.ResponseId, response.ModelId, response.CreatedAt) = (update.ResponseId, update.ModelId, update.CreatedAt);
            response.FinishReason = update.FinishReason;
            response.Usage = update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details;
        }

        response.Messages = [new ChatMessage(ChatRole.Assistant, text.ToString()) { MessageId = response.ResponseId, CreatedAt = response.CreatedAt }];
        return response;
    }

    /// <inheritdoc/>
    /// <exception cref="AttuneException">An option or a message that cannot be honoured.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var generation = ChatRequest.Options(options, defaults, metadata.DefaultModelId!, adapters);
        int[] prompt = model.EncodeChat(ChatRequest.Messages(messages, options), notices: model.Text.Notices);
        var (id, created) = (Guid.NewGuid().ToString("N"), DateTimeOffset.UtcNow);
        await foreach (var piece in engine.StreamTextAsync(prompt, generation, continues: false, cancellationToken).ConfigureAwait(false))
        {
            var update = new ChatResponseUpdate(ChatRole.Assistant, piece.Text)
            {
                ResponseId = id,
                MessageId = id,
                CreatedAt = created,
                ModelId = generation.Adapter ?? metadata.DefaultModelId,
            };
            if (piece.Finish is { } finish)
            {
                update.FinishReason = finish == FinishReason.Length ? ChatFinishReason.Length : ChatFinishReason.Stop;
                update.Contents.Add(new UsageContent(new UsageDetails
                {
                    InputTokenCount = prompt.Length,
                    OutputTokenCount = piece.Tokens,
                    TotalTokenCount = prompt.Length + piece.Tokens,
                }));
            }

            yield return update;
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : new object[] { this, metadata, model, engine }.FirstOrDefault(serviceType.IsInstanceOfType);
    }

    /// <summary>Stops what runs, and closes the model where the client opened it.</summary>
    public void Dispose()
    {
        engine.Dispose();
        ownAdapter?.Dispose();
        if (ownsModel)
        {
            model.Dispose();
        }
    }
}
