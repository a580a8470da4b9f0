using Attune.Formats;
using Attune.Text;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>
/// A pretrained model with what belongs to it: weights, tokenizer, chat template, and how it wants to be generated from. Training,
/// evaluation and generation all start from one.
/// </summary>
public sealed class OpenModel : IDisposable
{
    private readonly ModelText text;

    /// <summary>Puts a model together from parts that were opened before.</summary>
    /// <param name="model">The weights, which this owns from now on.</param>
    /// <param name="text">What belongs to them.</param>
    public OpenModel(TextModel model, ModelText text)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        Weights = model;
        this.text = text;
    }

    /// <summary>The weights, of whatever kind of model.</summary>
    public TextModel Weights { get; }

    /// <summary>The weights of a language model.</summary>
    /// <exception cref="AttuneException">It is an encoder.</exception>
    public LanguageModel Model => LanguageModel.Of(Weights);

    /// <summary>What belongs to them.</summary>
    public ModelText Text => text;

    /// <summary>Text to tokens and back.</summary>
    public Tokenizer Tokenizer => text.Tokenizer;

    /// <summary>Where it was opened: a folder or a .gguf file.</summary>
    public string Path => text.Path;

    /// <summary>generation_config.json; null where there is none.</summary>
    public HuggingFaceConfig? GenerationConfig => text.GenerationConfig;

    /// <summary>The tokens that end a reply: generation_config.json's, else config.json's, else the tokenizer's; perhaps none.</summary>
    public IReadOnlyList<int> EndTokenIds => text.EndTokenIds;

    /// <summary>Tensors of the file that the model has no place for.</summary>
    public IReadOnlyList<string> Unexpected { get; internal init; } = [];

    /// <summary>Parameters that the file lacks, or that were to begin anew: they hold random numbers.</summary>
    public IReadOnlyList<string> Begun { get; internal init; } = [];

    /// <summary>Whether it has a chat template.</summary>
    public bool IsChatModel => text.Template is not null;

    /// <summary>Its chat template.</summary>
    /// <exception cref="AttuneException">It has none.</exception>
    public ChatTemplate Template => text.Template ?? throw new AttuneException(ExitCode.BadData, Path, "the model has no chat template, so it cannot chat",
        "use a chat model (their names often end in -Instruct or -Chat), or generate from plain text");

    /// <summary>Opens a model with all that belongs to it: the small files first, so that what is wrong with them is said before the weights are read.</summary>
    /// <param name="path">A folder in Hugging Face's layout, or a .gguf file.</param>
    /// <param name="compute">The precision of activations and products; null: float32.</param>
    /// <param name="storage">The precision that weights are kept in; null: as <see cref="ModelLoader.Load"/> has it.</param>
    /// <param name="device">Where the model lies; null: the CPU.</param>
    /// <exception cref="AttuneException">A part is absent, broken, unknown, or does not fit the others.</exception>
    public static OpenModel Open(string path, ScalarType? compute = null, ScalarType? storage = null, Device? device = null)
    {
        Native.Libtorch.Load(); // The name of a precision alone would let TorchSharp look for libtorch by itself.
        return ModelText.Open(path).Load(compute ?? float32, storage, device);
    }

    /// <summary>The tokens of a conversation, up to where the model's reply begins. Special tokens that someone wrote into a message are text.</summary>
    /// <param name="messages">The messages in order.</param>
    /// <param name="arguments">What else the template is given; null: only that a reply is wanted.</param>
    /// <param name="notices">Takes what the template leaves out of the conversation; null: nobody asks.</param>
    /// <exception cref="AttuneException">The model has no template, or its template refuses the conversation.</exception>
    public int[] EncodeChat(IReadOnlyList<ChatMessage> messages, ChatTemplateArguments? arguments = null, Notices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return new ChatEncoder(Template, Tokenizer).EncodePrompt(messages, arguments, notices);
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}
