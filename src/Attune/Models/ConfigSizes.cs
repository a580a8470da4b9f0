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
}
