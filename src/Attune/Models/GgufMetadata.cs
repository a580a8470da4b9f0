using Attune.Formats;
using Attune.Nn;

namespace Attune.Models;

/// <summary>A GGUF file's settings of the model, made of its config.json: what <see cref="GgufConfig"/> reads.</summary>
internal static class GgufMetadata
{
    /// <summary>Makes the settings.</summary>
    /// <param name="model">The model.</param>
    /// <param name="architecture"><c>general.architecture</c>, with which the settings' names begin.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="divisors">What the rotary frequencies are divided by, where that needs a tensor of its own; else null.</param>
    public static IReadOnlyList<KeyValuePair<string, object>> Of(LanguageModel model, string architecture, string path, out float[]? divisors)
    {
        var config = model.Config;
        uint heads = (uint)config.Size("num_attention_heads"), headSize = (uint)model.KeyValueShape.HeadSize;
        var rotary = RotaryConfig.Read(config, (int)headSize);
        var entries = new List<KeyValuePair<string, object>>();
        void Add(string key, object value) => entries.Add(new($"{architecture}.{key}", value));
        Add("block_count", (uint)model.Blocks.Count);
        Add("context_length", (uint)model.MaxPositions);
        Add("embedding_length", (uint)config.Size("hidden_size"));
        Add("feed_forward_length", (uint)config.Size("intermediate_size"));
        Add("attention.head_count", heads);
        Add("attention.head_count_kv", (uint)model.KeyValueShape.Heads);
        Add("attention.key_length", headSize);
        Add("attention.value_length", headSize);
        Add("attention.layer_norm_rms_epsilon", (float)(config.FindDouble("rms_norm_eps") ?? 1e-6));
        Add("rope.dimension_count", headSize);
        Add("rope.freq_base", (float)rotary.Theta);
        Add("vocab_size", (uint)model.VocabularySize);
        divisors = null;
        switch (rotary.Type)
        {
            case "default":
                break;
            case "linear":
                Add("rope.scaling.type", "linear");
                Add("rope.scaling.factor", (float)rotary.Factor);
                break;
            case "yarn" when rotary is { MScale: null, MScaleAllDim: null, AttentionFactor: null, BetaFast: 32, BetaSlow: 1, Truncate: true }:
                Add("rope.scaling.type", "yarn");
                Add("rope.scaling.factor", (float)rotary.Factor);
                Add("rope.scaling.original_context_length", (uint)rotary.OriginalMaxPositions);
                break;
            case "longrope" when rotary.AttentionFactor == 1 && rotary.ShortFactor.SequenceEqual(rotary.LongFactor):
            case "llama3":
                divisors = [.. new Rotary(rotary).Divisors.Select(divisor => (float)divisor)];
                break;
            default:
                throw new AttuneException(ExitCode.Usage, path, $"rotary positions of type {rotary.Type}, as config.json has them, cannot be written to GGUF", "save a folder instead");
        }

        return entries;
    }
}
