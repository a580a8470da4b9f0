using Attune.Formats;
using Attune.Text;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>
/// What belongs to a model besides its weights: config, tokenizer, chat template, end tokens. It opens in moments, so that data can be
/// read, checked and counted before a weight is loaded.
/// </summary>
public sealed class ModelText
{
    private readonly bool ownHead = true;

    private ModelText(string path, HuggingFaceConfig config, Tokenizer tokenizer, ChatTemplate? template, HuggingFaceConfig? generationConfig, IReadOnlyList<int>? endTokenIds, bool isNew = false)
    {
        Path = path;
        Config = config;
        Tokenizer = tokenizer;
        Template = template;
        GenerationConfig = generationConfig;
        IsNew = isNew;
        EndTokenIds = endTokenIds ?? generationConfig?.FindInts("eos_token_id") ?? config.FindInts("eos_token_id") ?? (tokenizer.EosTokenId is int end ? [end] : []);
    }

    /// <summary>The folder or .gguf file.</summary>
    public string Path { get; }

    /// <summary>Whether it is a .gguf file.</summary>
    internal bool IsGguf => Path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && File.Exists(Path);

    /// <summary>Its config.json; made from the metadata of a .gguf file.</summary>
    public HuggingFaceConfig Config { get; }

    /// <summary>Text to tokens and back.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Its chat template; null: it is no chat model.</summary>
    public ChatTemplate? Template { get; }

    /// <summary>generation_config.json; null where there is none.</summary>
    public HuggingFaceConfig? GenerationConfig { get; }

    /// <summary>The tokens that end a reply; perhaps none.</summary>
    public IReadOnlyList<int> EndTokenIds { get; }

    /// <summary>Whether there are no weights: the model begins with random ones.</summary>
    public bool IsNew { get; }

    /// <summary>What a user should know of what was opened; whoever reads data for this model adds to it.</summary>
    public Notices Notices { get; private init; } = new();

    /// <summary>Tells chat templates that write the date what time it is; null: the system's clock.</summary>
    public TimeProvider? Clock { get; set; }

    /// <summary>Whether special tokens that rows spell are those tokens; false: they are text.</summary>
    public bool ParsesSpecialTokens { get; set; }

    /// <summary>The type of the checkpoint's weights: as config.json says, else as the first matrix has it; null: they are quantised, or there are none.</summary>
    internal ElementType? StoredType
    {
        get
        {
            if (IsGguf)
            {
                using var gguf = Gguf.Open(Path);
                var largest = gguf.Tensors.Values.MaxBy(tensor => tensor.Count);
                return largest is null ? null : Named(gguf.Tensor(largest.Name).Type.Name);
            }

            if (Config.DType is not null || IsNew || !Directory.Exists(Path))
            {
                return Config.DType;
            }

            using var source = ShardedSafetensors.OpenFolder(Path);
            return source.Tensors.Values.FirstOrDefault(tensor => tensor.Shape.Count > 1)?.Type;
        }
    }

    private static ElementType? Named(string type) => type switch { "F32" => ElementType.F32, "F16" => ElementType.F16, "BF16" => ElementType.BF16, _ => null };

    /// <summary>How many tokens the model knows, as config.json says; null: it does not.</summary>
    internal int? VocabularySize => Config.FindInt("vocab_size", 1);

    /// <summary>Whether the weights are a classifier of texts, as config.json says.</summary>
    public bool IsClassifier
    {
        get
        {
            using var shape = ModelFamilies.Create(Config);
            return shape is EncoderModel { Classifier: not null };
        }
    }

    /// <summary>Whether the weights write text, as config.json says.</summary>
    internal bool IsLanguageModel
    {
        get
        {
            using var shape = ModelFamilies.Create(Config);
            return shape is LanguageModel;
        }
    }

    /// <summary>Opens what belongs to a model.</summary>
    /// <param name="path">A folder in Hugging Face's layout, or a .gguf file.</param>
    /// <exception cref="AttuneException">A part is absent, broken or unknown.</exception>
    public static ModelText Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && File.Exists(path))
        {
            using var gguf = Gguf.Open(path);
            var config = GgufConfig.From(gguf, path);
            var tokenizer = Tokenizer.FromGguf(gguf.Metadata, path);
            var template = ChatTemplate.FindInGguf(gguf);
            var settings = GgufText.GenerationConfig(gguf);
            var ends = settings?.Has("eos_token_id") == true ? null : GgufEndTokens.Read(gguf.Metadata, template?.Source);
            return new ModelText(path, config, tokenizer, template, settings, ends).Checked();
        }

        if (!Directory.Exists(path))
        {
            throw new AttuneException(ExitCode.MissingInput, path, "there is no such model folder or .gguf file");
        }

        RequireFamily(path);
        string generation = System.IO.Path.Combine(path, "generation_config.json");
        var text = new ModelText(path, HuggingFaceConfig.Open(path), Tokenizer.FromFolder(path), ChatTemplate.FindInFolder(path),
            File.Exists(generation) ? HuggingFaceConfig.OpenAny(generation) : null, null);
        if (text.Config.LabelContradiction is { } contradiction && text.IsClassifier)
        {
            string names = string.Join(", ", text.Config.Labels ?? ["LABEL_0", "LABEL_1"]);
            text.Notices.Add("label-names", $"config.json contradicts itself on the labels: {contradiction}; they are taken to be {names}, by their numbers",
                text.Config.Path, "write id2label and label2id so that they agree");
        }

        return text.Checked();
    }

    /// <summary>Refuses a folder with the config of a family that is not there; what is no folder is left to <see cref="Open"/>.</summary>
    internal static void RequireFamily(string path)
    {
        if (Directory.Exists(path))
        {
            ModelFamilies.Require(HuggingFaceConfig.OpenAny(System.IO.Path.Combine(path, "config.json")));
        }
    }

    // Tokens without a row in the embedding do no harm until a text needs one.
    private ModelText Checked()
    {
        if (VocabularySize is not int size)
        {
            return this;
        }

        int bound = Math.Max(Tokenizer.VocabularySize, Tokenizer.AddedTokens.Select(token => token.Id + 1).DefaultIfEmpty().Max());
        var beyond = Enumerable.Range(size, Math.Max(0, bound - size)).Where(id => Tokenizer.TokenOf(id) is not null).ToList();
        if (beyond.Count > 0)
        {
            Notices.Add("tokens-beyond-the-model", n => $"the tokenizer has {Words.Count(n, "token")} beyond the {size} that the model knows: a text that needs "
                + $"{Words.Of(n, "it", "one of them")} is refused", $"{beyond[0]} {Tokenizer.TokenOf(beyond[0])}", "use the model's own tokenizer, or give a new model as many tokens (vocab_size)", beyond.Count);
        }

        int unknown = EndTokenIds.Count(id => id >= size);
        Notices.Add("end-token-beyond-the-model", n => $"{Words.Count(n, "end token")} {Words.Of(n, "is", "are")} beyond the {size} tokens that the model knows: no reply will end with "
            + Words.Of(n, "it", "them"), string.Join(", ", EndTokenIds.Where(id => id >= size)), "check eos_token_id in generation_config.json and config.json", unknown);
        return this;
    }

    /// <summary>A new model: a config, and another folder's tokenizer and template.</summary>
    /// <param name="config">What the model is to be.</param>
    /// <param name="tokenizerPath">A folder with tokenizer.json, or that file.</param>
    public static ModelText New(HuggingFaceConfig config, string tokenizerPath)
    {
        ModelFamilies.Require(config);
        bool isFile = File.Exists(tokenizerPath);
        var tokenizer = isFile ? Tokenizer.FromFile(tokenizerPath) : Tokenizer.FromFolder(tokenizerPath);
        return new ModelText(tokenizerPath, config, tokenizer, isFile ? null : ChatTemplate.FindInFolder(tokenizerPath), null, null, isNew: true).Checked();
    }

    private ModelText(ModelText other, HuggingFaceConfig config, bool ownHead)
        : this(other.Path, config, other.Tokenizer, other.Template, other.GenerationConfig, other.EndTokenIds, other.IsNew) => this.ownHead = ownHead;

    /// <summary>The same with another config.</summary>
    /// <param name="config">What the model is to be; its weights must fit it, the head apart.</param>
    /// <param name="newHead">Whether the head begins with random numbers, whatever the file has.</param>
    public ModelText With(HuggingFaceConfig config, bool newHead) => new(this, config, !newHead) { Clock = Clock, ParsesSpecialTokens = ParsesSpecialTokens, Notices = Notices };

    /// <summary>The same with the classifier that another config describes: its own where it has the same labels, else a new one.</summary>
    /// <param name="like">A classifier's config, as training leaves it beside an adapter.</param>
    public ModelText WithHead(HuggingFaceConfig like)
    {
        ArgumentNullException.ThrowIfNull(like);
        bool own = Config.Architectures.SequenceEqual(like.Architectures) && (Config.Labels ?? []).SequenceEqual(like.Labels ?? []);
        return own ? this : With(like, newHead: true);
    }

    /// <summary>The same as an adapter wants it: with a classifier, where the adapter's folder has the config of one.</summary>
    /// <param name="adapter">The adapter's folder; null: none.</param>
    public ModelText For(string? adapter) =>
        adapter is not null && File.Exists(System.IO.Path.Combine(adapter, "config.json")) ? WithHead(HuggingFaceConfig.Open(adapter)) : this;

    /// <summary>Opens the weights, or makes random ones for a new model.</summary>
    /// <param name="compute">The precision of activations and products.</param>
    /// <param name="storage">The precision that weights are kept in; null: as <see cref="ModelLoader.Load"/> has it.</param>
    /// <param name="device">Where the model lies; null: the CPU.</param>
    /// <param name="seed">What random weights begin with.</param>
    /// <param name="trains">As <see cref="ModelLoader.Load"/> has it.</param>
    public OpenModel Load(ScalarType compute, ScalarType? storage, Device? device = null, long seed = 0, bool trains = false)
    {
        Native.Libtorch.Load();
        var loaded = IsNew ? new LoadedModel(NewWeights.Create(Config, storage ?? compute, compute, device ?? CPU, seed), [], [])
            : ModelLoader.Load(Path, storage, compute, device, Config, ownHead ? null : seed, trains);
        CheckpointNotices.Add(Notices, loaded);
        try
        {
            return new OpenModel(loaded.Weights, this) { Unexpected = loaded.Unexpected, Begun = loaded.Begun };
        }
        catch
        {
            loaded.Weights.Dispose();
            throw;
        }
        finally
        {
            Native.Team.Release(); // Who opened a model is often not who computes with it.
        }
    }
}
