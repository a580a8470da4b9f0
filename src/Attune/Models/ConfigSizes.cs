using Attune.Formats;

namespace Attune.Models;

/// <summary>Sizes in a config: whole numbers from 1 to what any model has, so that no shape overflows.</summary>
internal static class ConfigSizes
{
    private const int Largest = 1 << 24;

    // A model of this many blocks is no model, and each block is an object before it has a weight.
    private const int MostLayers = 4096;

    public static int Layers(this HuggingFaceConfig config, string keys) => config.GetInt(keys, 1, MostLayers);

    public static int Size(this HuggingFaceConfig config, string keys) => config.GetInt(keys, 1, Largest);

    public static int Size(this HuggingFaceConfig config, string keys, int fallback) => config.FindInt(keys, 1, Largest) ?? fallback;

    /// <summary>The heads of attention, in whose number the hidden size is cut up, and those of keys and values, which several of them share.</summary>
    public static (int Heads, int KeyValueHeads, int HeadSize) Heads(this HuggingFaceConfig config)
    {
        int hidden = config.Size("hidden_size"), heads = config.Size("num_attention_heads"), keyValueHeads = config.Size("num_key_value_heads", heads);
        int? size = config.Has("head_dim") ? config.Size("head_dim") : null;
        return size is null && hidden % heads != 0 ? throw config.Error("num_attention_heads", $"must divide hidden_size {hidden} (got {heads})")
            : heads % keyValueHeads != 0 ? throw config.Error("num_key_value_heads", $"must divide num_attention_heads {heads} (got {keyValueHeads})")
            : (heads, keyValueHeads, size ?? hidden / heads);
    }
}
