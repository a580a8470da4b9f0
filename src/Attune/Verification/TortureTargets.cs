using Attune.Formats;
using Attune.Tuning;

namespace Attune.Verification;

/// <summary>Every reader of foreign bytes that is tortured, with the longest time that one of its inputs may take.</summary>
internal static class TortureTargets
{
    private const string Adapter = """
        {"peft_type":"LORA","base_model_name_or_path":"model","r":8,"lora_alpha":16,"lora_dropout":0.05,"bias":"none","target_modules":["q_proj","v_proj"],"modules_to_save":["lm_head"],
        "rank_pattern":{"q_proj":4},"alpha_pattern":{"v_proj":8.5},"layers_to_transform":[0,1],"layers_pattern":"layers","use_rslora":true,"fan_in_fan_out":false,"task_type":"CAUSAL_LM"}
        """;

    private const string AdapterByPattern = """{"peft_type":"LORA","r":4,"lora_alpha":8,"target_modules":".*\\.(q|v)_proj","exclude_modules":"all-linear","bias":"lora_only"}""";

    /// <summary>All of them. Those that hold files are to be disposed of.</summary>
    public static IReadOnlyList<ITortureTarget> All() =>
    [
        .. FormatTargets.All,
        TokenizerTorture.Target,
        new ChatTemplateTorture(),
        new JsonTorture("adapter_config", [Adapter, AdapterByPattern], (json, name) => TuningMethods.FromConfig(HuggingFaceConfig.Parse(json, name), null).Dispose()),
        new RecipeTorture(),
        .. RowsTorture.All(),
    ];

    /// <summary>The longest that an input of a target may take: 50 milliseconds for a template, 100 for anything else.</summary>
    public static TimeSpan Limit(ITortureTarget target) => TimeSpan.FromMilliseconds(target is ChatTemplateTorture ? 50 : 100);
}
