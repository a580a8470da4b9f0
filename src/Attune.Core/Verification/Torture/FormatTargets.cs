using Attune.Formats;

namespace Attune.Verification;

/// <summary>The readers of <c>Formats/</c> that are tortured.</summary>
internal static class FormatTargets
{
    private const string Index = """
        {"metadata":{"total_size":28},"weight_map":{"a.weight":"model-00001-of-00002.safetensors","b.weight":"model-00002-of-00002.safetensors"}}
        """;

    private const string Config = """
        {"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":64,"num_labels":2,"id2label":{"0":"a","1":"b"},"dtype":"float32",
        "rope_scaling":{"rope_type":"linear","factor":2.0},"rms_norm_eps":1e-05,"eos_token_id":[1,2],"tie_word_embeddings":false}
        """;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ITortureTarget> All { get; } =
    [
        new SafetensorsTorture(),
        new GgufTorture(),
        new JsonTorture("index", [Index], (json, name) => SafetensorsIndex.Parse(json, name)),
        new JsonTorture("config", [Config], ReadConfig),
        new SentencePieceTorture(),
    ];

    private static void ReadConfig(byte[] json, string name)
    {
        var config = HuggingFaceConfig.Parse(json, name);
        _ = config.FindInt("hidden_size", 1) + config.FindDouble("rms_norm_eps") + config.Rope().Theta;
        _ = config.FindInts("eos_token_id");
        _ = config.GetBool("tie_word_embeddings", true);
        _ = config.ToJson();
    }
}
