using Attune.Formats;
using Attune.Nn;

namespace Attune.Models;

/// <summary>Reads rotary settings from a config, old spelling (<c>rope_theta</c>, <c>rope_scaling</c>) and new (<c>rope_parameters</c>).</summary>
internal static class RotaryConfig
{
    public static RotarySettings Read(HuggingFaceConfig config, int headSize)
    {
        var (theta, type, section) = config.Rope();
        int maxPositions = config.Size("max_position_embeddings", 2048);
        if (section is null)
        {
            return new RotarySettings { Place = config.Path, HeadSize = headSize, Theta = theta, MaxPositions = maxPositions };
        }

        double original = section.FindDouble("original_max_position_embeddings", double.Epsilon) ?? config.FindDouble("original_max_position_embeddings", double.Epsilon) ?? maxPositions;
        return new RotarySettings
        {
            Place = section.Path,
            HeadSize = headSize,
            Theta = theta,
            Type = type,
            Factor = type is "linear" or "dynamic" or "llama3" or "yarn" ? section.GetDouble("factor", double.Epsilon) : type == "longrope" ? section.FindDouble("factor", double.Epsilon) ?? maxPositions / original : 1,
            MaxPositions = maxPositions,
            OriginalMaxPositions = original,
            LowFrequencyFactor = section.FindDouble("low_freq_factor") ?? 1,
            HighFrequencyFactor = section.FindDouble("high_freq_factor") ?? 4,
            BetaFast = section.FindDouble("beta_fast") ?? 32,
            BetaSlow = section.FindDouble("beta_slow") ?? 1,
            MScale = section.FindDouble("mscale"),
            MScaleAllDim = section.FindDouble("mscale_all_dim"),
            AttentionFactor = section.FindDouble("attention_factor"),
            ShortFactor = section.FindDoubles("short_factor") ?? [],
            LongFactor = section.FindDoubles("long_factor") ?? [],
            Truncate = section.GetBool("truncate", true),
        };
    }
}
