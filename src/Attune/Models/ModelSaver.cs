using Attune.Formats;
using Attune.Native;
using Attune.Nn;
using Attune.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>Writes models: a Hugging Face folder, or a GGUF file. What tuning has attached is not in them: merge first.</summary>
public static class ModelSaver
{
    private const int Slice = 1 << 20;
    private const string FileType = "general.file_type";

    // llama.cpp's numbers for what most tensors of a file are.
    private static readonly Dictionary<string, uint> FileTypes = new() { ["F32"] = 0, ["F16"] = 1, ["Q8_0"] = 7, ["BF16"] = 32 };

    /// <summary>The types that <see cref="SaveGguf(LanguageModel, string, string, Tokenizer, string?)"/> writes.</summary>
    public static IReadOnlyCollection<string> GgufTypes => FileTypes.Keys;

    /// <summary>Writes a folder that transformers opens: config.json and safetensors files. The tokenizer's files are the caller's to add.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Made where it is absent.</param>
    /// <param name="type">The precision written; null: the one that its config.json names.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in a file.</param>
    /// <exception cref="AttuneException">The disk is full or cannot be written.</exception>
    public static void Save(TextModel model, string folder, ScalarType? type = null, long maxShardBytes = 5_000_000_000) =>
        ModelFolder.Write(model, folder, type, maxShardBytes);

    /// <summary>Writes a GGUF file with a tokenizer.</summary>
    /// <param name="model">A model of a family that GGUF knows.</param>
    /// <param name="path">The file.</param>
    /// <param name="type">One of <see cref="GgufTypes"/>; vectors are F32 in any case, rows that are no whole blocks F16.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="chatTemplate">Its chat template's source; null: none.</param>
    /// <exception cref="AttuneException">GGUF has no place for something of the model or the tokenizer, or the disk is full.</exception>
    public static void SaveGguf(LanguageModel model, string path, string type, Tokenizer tokenizer, string? chatTemplate)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        Write(model, path, type, [], GgufTokenizerWriter.Entries(tokenizer, model.VocabularySize, chatTemplate));
    }

    /// <summary>Writes a GGUF file with all that belongs to a model: tokenizer, chat templates, and its end tokens, of which the format has keys for three.</summary>
    /// <param name="model">A model of a family that GGUF knows.</param>
    /// <param name="path">The file.</param>
    /// <param name="type">As in the other form.</param>
    /// <param name="text">What belongs to it; <see cref="ModelText.Notices"/> are told what other programs will do otherwise.</param>
    /// <exception cref="AttuneException">GGUF has no place for something of the model or the tokenizer, or the disk is full.</exception>
    public static void SaveGguf(LanguageModel model, string path, string type, ModelText text)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        IReadOnlyDictionary<string, object> source = new Dictionary<string, object>();
        if (text.IsGguf)
        {
            using var gguf = Formats.Gguf.Open(text.Path);
            source = gguf.Metadata;
        }

        Write(model, path, type, Description(source), GgufText.Entries(text, model.VocabularySize).Where(entry => !IsNone(entry)));
    }

    /// <summary>Writes a GGUF file with the tokenizer, the chat template and the description of the GGUF file that the model came from.</summary>
    /// <param name="model">A model of a family that GGUF knows.</param>
    /// <param name="path">The file.</param>
    /// <param name="type">As in the other form.</param>
    /// <param name="source">The other file's metadata (<see cref="Gguf.Metadata"/>).</param>
    /// <exception cref="AttuneException">GGUF has no place for something of the model, or the disk is full.</exception>
    public static void SaveGguf(LanguageModel model, string path, string type, IReadOnlyDictionary<string, object> source)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        Write(model, path, type, Description(source),
            source.Where(entry => entry.Key.StartsWith("tokenizer.", StringComparison.Ordinal) && !IsNone(entry)));
    }

    private static IEnumerable<KeyValuePair<string, object>> Description(IReadOnlyDictionary<string, object> source)
    {
        string[] outdated = ["general.architecture", "general.alignment", "general.quantization_version", "general.quantized_by", FileType];
        return source.Where(entry => entry.Key.StartsWith("general.", StringComparison.Ordinal) && !outdated.Contains(entry.Key));
    }

    // Some files say "no such token" by an id that there cannot be; other readers take it at its word.
    private static bool IsNone(KeyValuePair<string, object> entry) => entry.Key.EndsWith("_token_id", StringComparison.Ordinal) && entry.Value is uint.MaxValue;

    private static void Write(
        LanguageModel model, string path, string type, IEnumerable<KeyValuePair<string, object>> description, IEnumerable<KeyValuePair<string, object>> tokenizer)
    {
        if (!FileTypes.TryGetValue(type, out uint fileType))
        {
            throw new AttuneException(ExitCode.Usage, path, $"tensors cannot be written as {type}", NearestName.Hint(type, GgufTypes));
        }

        var names = model.Gguf ?? throw new AttuneException(ExitCode.Usage, path, $"GGUF files of model_type {model.Config.ModelType} cannot be written yet", "save a folder instead");
        var tensors = new List<GgufTensorToWrite>();
        foreach (var (name, parameter) in model.NamedParameters().Where(named => !named.Parameter.IsTied))
        {
            string newName = names.ToGguf(name) ?? throw new AttuneException(ExitCode.Usage, path, $"GGUF has no place for {name}", "save a folder instead");
            tensors.Add(ToWrite(model, names, name, newName, parameter, type));
        }

        var settings = GgufMetadata.Of(model, names.Architecture, path, out float[]? divisors);
        if (divisors is not null)
        {
            tensors.Add(new GgufTensorToWrite(GgufConfig.RotaryDivisors, GgufType.Named("F32"), [divisors.Length], stream => WriteBlocks(divisors, GgufType.Named("F32"), stream)));
        }

        KeyValuePair<string, object>[] metadata =
        [
            new("general.architecture", names.Architecture),
            .. description,
            new(FileType, fileType),
            new("general.quantization_version", 2u),
            .. settings,
            .. tokenizer,
        ];
        GgufWriter.Write(path, metadata, tensors);
    }

    private static GgufTensorToWrite ToWrite(LanguageModel model, GgufNames names, string name, string newName, Parameter parameter, string type)
    {
        bool transposed = names.Transposed.Any(ending => name.EndsWith(ending, StringComparison.Ordinal));
        long[] shape = transposed ? [.. parameter.Shape.Reverse()] : [.. parameter.Shape];
        var wanted = GgufType.Named(shape.Length < 2 ? "F32" : shape[^1] % GgufType.Named(type).BlockElements == 0 ? type : "F16");
        return new GgufTensorToWrite(newName, wanted, shape, stream =>
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            string? heads = names.Permuted.FirstOrDefault(pair => name.EndsWith(pair.Key, StringComparison.Ordinal)).Value;
            using var permuted = heads is null ? null : GgufRows.ToGguf(parameter.Base, model.Config.FindInt(heads) ?? model.Config.GetInt("num_attention_heads"));
            var tensor = permuted ?? parameter.Base;
            WriteTensor(transposed ? tensor.t().contiguous() : tensor, wanted, stream);
        });
    }

    private static void WriteTensor(Tensor tensor, GgufType type, Stream stream)
    {
        var flat = tensor.detach().contiguous().view(-1);
        for (long start = 0; start < flat.size(0); start += Slice)
        {
            using var scope = NewDisposeScope();
            WriteBlocks(TensorMemory.ToFloats(flat.narrow(0, start, Math.Min(Slice, flat.size(0) - start))), type, stream);
        }
    }

    private static void WriteBlocks(float[] values, GgufType type, Stream stream)
    {
        byte[] blocks = new byte[values.Length / type.BlockElements * type.BlockBytes];
        type.Quantize!(values, blocks);
        stream.Write(blocks);
    }
}
