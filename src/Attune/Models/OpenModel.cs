using Attune.Formats;
using Attune.Native;
using Attune.Text;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>
/// A pretrained model with what belongs to it: weights, tokenizer, chat template, and how it wants to be generated from. Training,
/// evaluation and generation all start from one.
/// </summary>
public sealed class OpenModel : IDisposable
{
    private readonly ChatTemplate? template;

    /// <summary>Puts a model together from parts that were opened before.</summary>
    /// <param name="model">The model, which this owns from now on.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="template">Its chat template; null: it is no chat model.</param>
    /// <param name="generationConfig">Its generation_config.json; null where there is none.</param>
    /// <param name="path">Where it came from, for messages.</param>
    /// <param name="endTokenIds">The tokens that end a reply; null: those that the files name.</param>
    public OpenModel(LanguageModel model, Tokenizer tokenizer, ChatTemplate? template, HuggingFaceConfig? generationConfig, string path, IReadOnlyList<int>? endTokenIds = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        Model = model;
        Tokenizer = tokenizer;
        this.template = template;
        GenerationConfig = generationConfig;
        Path = path;
        EndTokenIds = endTokenIds ?? generationConfig?.FindInts("eos_token_id") ?? model.Config.FindInts("eos_token_id") ?? (tokenizer.EosTokenId is int end ? [end] : []);
    }

    /// <summary>The weights.</summary>
    public LanguageModel Model { get; }

    /// <summary>Text to tokens and back.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Where it was opened: a folder or a .gguf file.</summary>
    public string Path { get; }

    /// <summary>generation_config.json; null where there is none.</summary>
    public HuggingFaceConfig? GenerationConfig { get; }

    /// <summary>The tokens that end a reply: generation_config.json's, else config.json's, else the tokenizer's; perhaps none.</summary>
    public IReadOnlyList<int> EndTokenIds { get; }

    /// <summary>Tensors of the file that the model has no place for.</summary>
    public IReadOnlyList<string> Unexpected { get; private init; } = [];

    /// <summary>Whether it has a chat template.</summary>
    public bool IsChatModel => template is not null;

    /// <summary>Its chat template.</summary>
    /// <exception cref="AttuneException">It has none.</exception>
    public ChatTemplate Template => template ?? throw new AttuneException(ExitCode.BadData, Path, "the model has no chat template, so it cannot chat",
        "use a chat model (their names often end in -Instruct or -Chat), or generate from plain text");

    /// <summary>Opens a model with all that belongs to it.</summary>
    /// <param name="path">A folder in Hugging Face's layout, or a .gguf file.</param>
    /// <param name="compute">The precision of activations and products; null: float32.</param>
    /// <param name="storage">The precision that weights are kept in; null: as <paramref name="compute"/>.</param>
    /// <param name="device">Where the model lies; null: the CPU.</param>
    /// <exception cref="AttuneException">A part is absent, broken, unknown, or does not fit the others.</exception>
    public static OpenModel Open(string path, ScalarType? compute = null, ScalarType? storage = null, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        Libtorch.Load();
        return path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && File.Exists(path)
            ? OpenGguf(path, compute ?? float32, storage, device)
            : OpenFolder(path, compute ?? float32, storage, device);
    }

    /// <summary>The tokens of a conversation, up to where the model's reply begins. Special tokens that someone wrote into a message are text.</summary>
    /// <param name="messages">The messages in order.</param>
    /// <param name="arguments">What else the template is given; null: only that a reply is wanted.</param>
    /// <exception cref="AttuneException">The model has no template, or its template refuses the conversation.</exception>
    public int[] EncodeChat(IReadOnlyList<ChatMessage> messages, ChatTemplateArguments? arguments = null)
    {
        var chat = Template.Render(messages, arguments ?? new ChatTemplateArguments { AddGenerationPrompt = true });
        return [.. Tokenizer.Encode(chat.Text, chat.PlainSpans, addSpecialTokens: false).Ids];
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    private static OpenModel OpenGguf(string path, ScalarType compute, ScalarType? storage, Device? device)
    {
        using var gguf = Gguf.Open(path);
        var tokenizer = Tokenizer.FromGguf(gguf.Metadata, path);
        var template = ChatTemplate.FindInGguf(gguf);
        var loaded = ModelLoader.Fill(GgufConfig.From(gguf.Metadata, gguf.Tensors, path), gguf, storage ?? compute, compute, device);
        return Compose(loaded, tokenizer, template, null, path, EndTokens(gguf, tokenizer));
    }

    private static OpenModel OpenFolder(string path, ScalarType compute, ScalarType? storage, Device? device)
    {
        if (!Directory.Exists(path))
        {
            throw new AttuneException(ExitCode.MissingInput, path, "there is no such model folder or .gguf file");
        }

        // The small files first: what is wrong with them is said before the weights are read.
        var tokenizer = Tokenizer.FromFolder(path);
        var template = ChatTemplate.FindInFolder(path);
        string generation = System.IO.Path.Combine(path, "generation_config.json");
        var settings = File.Exists(generation) ? HuggingFaceConfig.OpenAny(generation) : null;
        return Compose(ModelLoader.Load(path, storage ?? compute, compute, device), tokenizer, template, settings, path, null);
    }

    private static OpenModel Compose(LoadedModel loaded, Tokenizer tokenizer, ChatTemplate? template, HuggingFaceConfig? settings, string path, IReadOnlyList<int>? ends)
    {
        try
        {
            return new OpenModel(loaded.Model, tokenizer, template, settings, path, ends) { Unexpected = loaded.Unexpected };
        }
        catch
        {
            loaded.Model.Dispose();
            throw;
        }
    }

    // GGUF names the end of the text and the end of a turn apart; either ends a reply.
    private static List<int> EndTokens(Gguf gguf, Tokenizer tokenizer)
    {
        var ends = new List<int>();
        if (tokenizer.EosTokenId is int end)
        {
            ends.Add(end);
        }

        foreach (string key in new[] { "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id" })
        {
            if (gguf.Metadata.GetValueOrDefault(key) is uint id && id < tokenizer.VocabularySize && !ends.Contains((int)id))
            {
                ends.Add((int)id);
            }
        }

        return ends;
    }
}
