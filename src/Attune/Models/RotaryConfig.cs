using Attune.Formats;
using Attune.Nn;

namespace Attune.Models;

/// <summary>Reads rotary settings from a config, old spelling (<c>rope_theta</c>, <c>rope_scaling</c>) and new (<c>rope_parameters</c>).</summary>
internal static class RotaryConfig
{
    public static RotarySettings Read(HuggingFaceConfig config, int headSize)
    {
        var section = config.Section("rope_parameters") ?? config.Section("rope_scaling");
        int maxPositions = config.Size("max_position_embeddings", 2048);
        double theta = section?.DoubleOrNull("rope_theta") ?? config.Double("rope_theta", 10000);
        if (section is null)
        {
            return new RotarySettings { Place = config.Place, HeadSize = headSize, Theta = theta, MaxPositions = maxPositions };
        }

        return new RotarySettings
        {
            Place = section.Place,
            HeadSize = headSize,
            Theta = theta,
            Type = section.String("rope_type", null) ?? section.String("type", "default")!,
            Factor = section.Double("factor", 1),
            MaxPositions = maxPositions,
            OriginalMaxPositions = section.DoubleOrNull("original_max_position_embeddings") ?? config.Double("original_max_position_embeddings", maxPositions),
            LowFrequencyFactor = section.Double("low_freq_factor", 1),
            HighFrequencyFactor = section.Double("high_freq_factor", 4),
            BetaFast = section.Double("beta_fast", 32),
            BetaSlow = section.Double("beta_slow", 1),
            MScale = section.DoubleOrNull("mscale"),
            MScaleAllDim = section.DoubleOrNull("mscale_all_dim"),
            AttentionFactor = section.DoubleOrNull("attention_factor"),
            Truncate = section.Bool("truncate", true),
        };
    }
}
